/** Being told while Spinney is closed. */

export const push = {
  told: 'Etwas Neues in Spinney',
  label: 'Sag es mir, wenn diese Seite geschlossen ist',
  text: 'Wenn eine Anfrage oder eine Sendung in einem Briefkasten auf dich wartet, schickt dein Relay diesem Browser eine leere Nachricht, über den Push-Dienst des Browser-Herstellers. Beide erfahren, dass etwas gekommen ist und wann, aber nicht, was oder von wem. Von neuen Freigaben erfährst du so nichts. Ein Profil in diesem Browser kann das haben.',
  on: 'Dieser Browser sagt dir jetzt Bescheid, wenn Spinney geschlossen ist.',
  off: 'Dieser Browser sagt dir nicht mehr Bescheid, wenn Spinney geschlossen ist.',
  needRelay: 'Dein Relay bietet das nicht an. Wer es betreibt, kann Web Push einschalten.',
  needService:
    'Dieser Browser erreicht keinen Push-Dienst und kann deshalb nicht Bescheid bekommen. Prüf die Verbindung, oder nimm einen anderen Browser.',
  needReach: 'Dein Relay ist nicht erreichbar. Versuch es noch einmal, wenn es das ist.',
}
