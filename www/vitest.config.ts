/** The tests of components, in Chromium as the page's readers have it. */

import { playwright } from '@vitest/browser-playwright'
import { mergeConfig } from 'vite'
import { defineConfig } from 'vitest/config'
import page from './vite.config.ts'

const tests = defineConfig({
  optimizeDeps: { include: ['axe-core', 'preact/test-utils'] },
  test: {
    include: ['tests/*.test.tsx'],
    setupFiles: ['tests/setup.ts'],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: { executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox'] },
        contextOptions: { reducedMotion: 'reduce', locale: 'en' },
      }),
      instances: [{ browser: 'chromium' }],
      viewport: { width: 390, height: 844 },
    },
  },
})

export default mergeConfig(page, tests)
