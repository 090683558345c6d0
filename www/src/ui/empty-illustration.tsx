/** Three overlapping photo prints, for views without pictures. Colours in empty-illustration.css. */

const HILLS = {
  sea: 'M0 60 34 57 70 61 120 58v32H0z',
  hills: 'M0 62 26 47 44 55 74 38 120 58v32H0z',
  peaks: 'M0 66 30 44 46 56 72 26 96 52 120 42v48H0z',
} as const

const PICTURES: readonly [keyof typeof HILLS, string][] = [
  ['sea', 'translate(14 34) rotate(-9 60 45)'],
  ['peaks', 'translate(172 34) rotate(8 60 45)'],
  ['hills', 'translate(92 16)'],
]

export const EmptyIllustration = () => (
  <svg class="empty-illustration" viewBox="-4 -2 314 150" aria-hidden="true">
    <defs>
      {PICTURES.map(([name]) => (
        <linearGradient key={name} id={`sky-${name}`} class={name} x2="0" y2="1">
          <stop offset="0" class="top" />
          <stop offset="0.7" class="low" />
        </linearGradient>
      ))}
      <clipPath id="print">
        <rect width="120" height="90" rx="3" />
      </clipPath>
    </defs>
    {PICTURES.map(([name, transform]) => (
      <g key={name} transform={transform} class={name}>
        <rect class="paper" x="-7" y="-7" width="134" height="104" rx="6" />
        <g clip-path="url(#print)">
          <rect width="120" height="90" fill={`url(#sky-${name})`} />
          <circle class="sun" cx="88" cy="30" r="9" />
          <path class="far" d={HILLS[name]} />
          <path class="near" d="M0 78 40 68 78 76 120 66v24H0z" />
        </g>
      </g>
    ))}
  </svg>
)
