/** Friends who introduce friends: who may see whose contacts, suggestions, introductions. */

import { listOf, plural } from './plurals.ts'

/** "Anna", or "Anna y 2 más". */
const andOthers = (first: string, others: number) => (others > 0 ? `${first} y ${plural(others, { one: '# más', other: '# más' })}` : first)

export const introductions = {
  mayBeShown: {
    title: 'Amigos de amigos',
    label: 'Mis amigos pueden mostrarme a sus amigos',
    hint: 'Verán tu nombre y dónde preguntarte, y tú decides a quién añades. Si lo desactivas, tus amigos dejan de mostrarte; quien ya te vio quizá lo recuerde.',
    on: 'Tus amigos pueden mostrarte a sus amigos.',
    off: 'Tus amigos ya no pueden mostrarte.',
  },
  visibility: {
    title: 'Quién ve a mis amigos',
    label: (name: string) => `Mostrar mis contactos a ${name}`,
    hint: 'Solo los que aceptaron que se les muestre. Nunca se ve cuántos más tienes.',
    agreed: (name: string) => `Puedes mostrar a ${name} a tus otros amigos.`,
    notAgreed: (name: string) => `${name} no ha aceptado que se le muestre a otros.`,
    on: (name: string) => `${name} ve tus contactos que aceptaron.`,
    off: (name: string) => `${name} ya no ve tus contactos.`,
  },
  suggestions: {
    title: 'Tus amigos conocen a',
    text: 'Los nombres son los que usan tus amigos. No se pregunta nada a nadie antes de que añadas a alguien.',
    through: (first: string, others: number) => `por ${andOthers(first, others)}`,
    add: 'Añadir',
    addOf: (name: string) => `Añadir a ${name}`,
    notNow: 'Ahora no',
    notNowOf: (name: string) => `Ahora no: ${name}`,
    dismissed: (name: string) => `Ya no se te sugiere a ${name}.`,
  },
  card: {
    introduces: (by: string, name: string) => `${by} te presenta a ${name}.`,
    accepted: (by: string, name: string) => `${by} te presenta a ${name}. ${name} aceptó.`,
    claim: (by: string) => `El nombre es el que usa ${by}. Comparen las palabras antes de confiar en él.`,
    add: 'Añadir',
    addOf: (name: string) => `Añadir a ${name}`,
    notNow: 'Ahora no',
    notNowOf: (name: string) => `Ahora no: ${name}`,
    declined: (name: string) => `No añades a ${name}. No se le dice a nadie.`,
  },
  introduce: {
    open: 'Presentar…',
    openOf: (name: string) => `Presentar… a ${name}`,
    title: (name: string) => `Presentar a ${name} a…`,
    ask: (name: string) => `${name} no ha aceptado que se le muestre a otros. Pídele que lo active en Ajustes.`,
    nobody: 'Ninguno de tus otros amigos ha aceptado que se le muestre. Pídeles que lo activen en Ajustes.',
    notAgreed: (names: readonly string[]) => `No están aquí porque no han aceptado que se les muestre: ${listOf(names)}.`,
    who: 'A quién',
    search: 'Buscar amigos',
    message: 'Unas palabras para los dos',
    tooLong: (most: number) => `Escribe como máximo ${plural(most, { one: '# carácter', other: '# caracteres' })}.`,
    send: 'Presentar',
    choose: 'Elige antes a alguien.',
    explain: 'Se pregunta a los dos, y son amigos cuando los dos aceptan.',
    sent: (one: string, other: string) => `Has presentado a ${one} y a ${other}. Cada cual decide.`,
  },
}
