/** All parts, in the order in which the page of parts shows them. */

import { banners } from './banners'
import { controls } from './controls'
import { faces } from './faces'
import { fields } from './fields'
import { files } from './files'
import { messages } from './messages'
import type { Part } from './part'
import { shares } from './shares'

export const catalogue: readonly Part[] = [...fields, ...controls, ...faces, ...files, ...messages, ...banners, ...shares]
