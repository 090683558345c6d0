/** Texts about changing keys after a theft, one's own and those of a contact. */

import { plural } from './plurals.ts'

export const keys = {
  title: 'Después de un robo',
  text: 'Si alguien tiene un dispositivo tuyo o tu frase de contraseña, tus 24 palabras crean claves nuevas. Tus amigos pasan a ellas automáticamente.',
  open: 'Cambiar mis claves',
  what: 'Qué cambia',
  reads:
    'Hasta que cada amigo pase a las nuevas, quien te robó puede leer lo que se envíe a tus claves antiguas, y todo lo que esas claves ya podían leer.',
  links: 'Los enlaces y las invitaciones que diste dejan de funcionar. Crea otros nuevos.',
  devices: 'Tus otros dispositivos conservan las claves antiguas. Vincula cada uno de nuevo y elimina allí el perfil antiguo.',
  six: 'Tus seis palabras son nuevas. Compáralas de nuevo con quienes ya las habías comparado.',
  passkeys: 'Hay que volver a añadir las llaves de acceso.',
  stolenWords: 'Si alguien puede tener tus 24 palabras, esto no sirve: crea un perfil nuevo y avisa a tus amigos.',
  stay: 'Las mismas 24 palabras siguen sirviendo. Ya no se guardan en este navegador, así que conserva tu papel.',
  words: 'Tus 24 palabras de recuperación',
  passphrase: 'Frase de contraseña para las claves nuevas',
  submit: 'Cambiar mis claves ahora',
  busy: 'Cambiando tus claves…',
  changed: 'Tus claves cambiaron.',
  waiting: (n: number) =>
    n === 0
      ? 'Todos tus amigos pasaron a las claves nuevas.'
      : plural(n, {
          one: '# persona aún no pasó a las claves nuevas. Lo que envíe mientras tanto va a las antiguas, y quien te robó puede leerlo.',
          other:
            '# amigos aún no pasaron a las claves nuevas. Lo que envíen mientras tanto va a las antiguas, y quien te robó puede leerlo.',
        }),
  linksAnew: (titles: readonly string[]) =>
    `Estos enlaces ya no se abren. Crea otros nuevos: ${titles.map(title => `«${title}»`).join(', ')}.`,
  linkDevices: 'Vincula de nuevo tus otros dispositivos.',
  seen: 'Ya lo leí',
  old: 'Tus claves se cambiaron en otro dispositivo.',
  oldWhy:
    'Este navegador solo tiene las antiguas, y tus amigos ya no les hacen caso. Elimina este perfil aquí y vuelve a vincular este navegador.',
  ofContact: (name: string) => `${name} cambió sus claves.`,
  ofContactWords: (name: string) => `Tus seis palabras con ${name} son nuevas: compárenlas de nuevo.`,
  ofContactSame: 'No tienes que hacer nada. Lo que comparten sigue igual.',
  ofContactSeen: 'De acuerdo',
  goOn: 'Seguir con este perfil',
  goOnHint:
    'Hasta que decidas, no llega nada de este perfil ni recibe nada nuevo de ti. Llama antes. Si no es quien crees, bloquea este perfil.',
}
