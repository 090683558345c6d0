/** Line icons on a 24-unit grid, in the colour of the text around them. */

const PATHS = {
  home: 'M3 11l9-8 9 8v9a1 1 0 0 1-1 1h-5v-6h-6v6H4a1 1 0 0 1-1-1z',
  people: 'M9 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 21a7 7 0 0 1 14 0M16 4.500a4 4 0 0 1 0 7M18.500 15a7 7 0 0 1 3.500 6',
  share: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 8v8M8 12h8',
  transfers: 'M7 4v14m0 0l-4-4m4 4l4-4M17 20V6m0 0l-4 4m4-4l4 4',
  settings:
    'M4 7h9m5 0h2M4 17h2m5 0h9M15.500 9.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zM8.500 19.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z',
  lock: 'M7 11h10a2 2 0 0 1 2 2v5a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2v-5a2 2 0 0 1 2-2zM8 11V8a4 4 0 0 1 8 0v3',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5',
  close: 'M6 6l12 12M18 6L6 18',
  previous: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  download: 'M12 4v11m0 0l-5-5m5 5l5-5M4 20h16',
  file: 'M6 3h8l5 5v12a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM14 3v5h5',
  folder: 'M3 6a1 1 0 0 1 1-1h5l2 2.500h9a1 1 0 0 1 1 1V18a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1z',
  film: 'M4 5h16v14H4zM10 9.500v5l4.500-2.500z',
  sound: 'M9 18V6l11-2v12M9 18a3 2.500 0 1 1-6 0 3 2.500 0 0 1 6 0zM20 16a3 2.500 0 1 1-6 0 3 2.500 0 0 1 6 0z',
  text: 'M6 3h8l5 5v12a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM14 3v5h5M8.500 12.500h7M8.500 16.500h5',
  play: 'M8 5l11 7-11 7z',
  pause: 'M8 5v14M16 5v14',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5.500M12 7.500v.01',
  zoom: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5M8 11h6M11 8v6',
  fit: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  heart: 'M12 20.500C5 15.500 3 12 3 8.800A4.800 4.800 0 0 1 12 6.700a4.800 4.800 0 0 1 9 2.100c0 3.200-2 6.700-9 11.700z',
  plus: 'M12 5v14M5 12h14',
  send: 'M21 3L10.500 13.500M21 3l-6.500 18-4-7.500L3 9.500z',
  check: 'M5 12.500l4.500 4.500L19 7.500',
  warning: 'M12 4l9 16H3zM12 10v4m0 3v.01',
  link: 'M10 14a4 4 0 0 0 6 0l3-3a4.200 4.200 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4.200 4.200 0 0 0 6 6l1-1',
  globe: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18',
  edit: 'M4 20h4L19 9l-4-4L4 16zM13.500 6.500l4 4',
  cover: 'M4 5h16v14H4zM4 16.500l5-5 4 4 3-3 4 4M9 9v.01',
  select: 'M5 4h14a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zM8 12.500l3 3L16.500 9',
  more: 'M5 12v.01M12 12v.01M19 12v.01',
} as const

export type IconName = keyof typeof PATHS

export const Icon = ({ name }: { name: IconName }) => (
  <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true">
    <path d={PATHS[name]} />
  </svg>
)

export const Logo = () => (
  <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
    <g fill="currentColor">
      <circle cx="16" cy="10" r="8" />
      <circle cx="8" cy="16" r="6" opacity=".75" />
      <circle cx="24.5" cy="16.5" r="5.5" opacity=".6" />
    </g>
    <path d="M16 14v15M8 19v10M24.5 20v9" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" />
  </svg>
)
