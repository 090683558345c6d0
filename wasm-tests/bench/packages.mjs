// The page's npm packages, which have the only lock file.
import { createRequire } from 'node:module'

const require = createRequire(new URL('../../www/package.json', import.meta.url))

export const { WebSocketServer } = require('ws')
