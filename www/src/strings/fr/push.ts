/** Being told while Spinney is closed. */

export const push = {
  told: 'Du nouveau dans Spinney',
  label: 'Me prévenir quand cette page est fermée',
  text: 'Quand une demande ou un dépôt t’attend, ton relais envoie à ce navigateur un message vide par le service de notification du fabricant du navigateur. Tous deux apprennent que quelque chose est arrivé, et quand ; ni quoi ni de qui. Tu n’es pas prévenu des nouveaux partages. Un seul profil de ce navigateur peut l’avoir.',
  on: 'Ce navigateur te prévient maintenant quand Spinney est fermé.',
  off: 'Ce navigateur ne te prévient plus quand Spinney est fermé.',
  needRelay: 'Ton relais ne le propose pas. La personne qui le gère peut activer Web Push.',
  needService:
    'Ce navigateur n’atteint aucun service de notification : il ne peut donc pas être prévenu. Vérifie la connexion, ou utilise un autre navigateur.',
  needReach: 'Ton relais n’est pas joignable. Réessaie quand il le sera.',
}
