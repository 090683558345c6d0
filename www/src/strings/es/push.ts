/** Being told while Spinney is closed. */

export const push = {
  told: 'Hay algo nuevo en Spinney',
  label: 'Avisarme cuando esta página está cerrada',
  text: 'Cuando te espera una solicitud o algo en un buzón, tu relé envía a este navegador un mensaje vacío por el servicio de notificaciones del fabricante del navegador. Los dos saben que ha llegado algo y cuándo, pero no qué ni de quién. No avisa de envíos nuevos. Puede tenerlo un solo perfil en este navegador.',
  on: 'Este navegador te avisa ahora cuando Spinney está cerrado.',
  off: 'Este navegador ya no te avisa cuando Spinney está cerrado.',
  needRelay: 'Tu relé no lo ofrece. Quien lo gestiona puede activar Web Push.',
  needService:
    'Este navegador no llega a ningún servicio de notificaciones, así que no puede recibir avisos. Comprueba la conexión o usa otro navegador.',
  needReach: 'No se puede conectar con tu relé. Inténtalo de nuevo cuando se pueda.',
}
