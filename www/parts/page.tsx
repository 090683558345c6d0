/** The page of parts, at `/parts` of `cargo xtask dev`: every component in every state, each by itself. */

import { render } from 'preact'
import '../src/style'
import './page.css'
import { catalogue } from './catalogue'

const Catalogue = () => (
  <main class="parts">
    <h1>Parts of the page</h1>
    <p class="quiet">Light and dark follow the system.</p>
    {catalogue.map(({ name, states }) => (
      <section key={name} class="stack" aria-label={name}>
        <h2>{name}</h2>
        <div class="states">
          {Object.entries(states).map(([state, Shown]) => (
            <figure key={state} class="card pad stack">
              <figcaption class="quiet">{state}</figcaption>
              <Shown />
            </figure>
          ))}
        </div>
      </section>
    ))}
  </main>
)

const app = document.getElementById('app')
if (app) render(<Catalogue />, app)
