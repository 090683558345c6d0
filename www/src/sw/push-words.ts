// Where the page leaves the sentence that the service worker shows for a push.

export const PUSH_WORDS_CACHE = 'spinney-push'
export const PUSH_WORDS = 'push-words'
