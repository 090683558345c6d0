import WebTorrent from 'webtorrent/dist/webtorrent.min.js'
import { digest, random } from '../lib/random.js'

const tracker = new URL(location).searchParams.get('tracker')
const client = new WebTorrent({ dht: false, lsd: false, utp: false, tracker: { rtcConfig: { iceServers: [] } } })
client.on('error', error => console.error(error.message))
/** What was downloaded last. */
let torrent

globalThis.bench = {
  async seed(count, size) {
    const parts = Array.from({ length: count }, () => random(size))
    const files = parts.map((part, i) => new File([part], `${i}`.padStart(4, '0')))
    const { magnetURI } = await new Promise(resolve => client.seed(files, { name: 'bench', announceList: [[tracker]] }, resolve))
    return { magnet: magnetURI, digest: await digest(parts) }
  },

  /** Downloads everything. `connect` is the part of the time until the other browser was connected. */
  async download(magnet) {
    const start = performance.now()
    torrent = client.add(magnet, { announce: [tracker] })
    let connect
    torrent.once('wire', () => { connect = performance.now() - start })
    await new Promise((resolve, reject) => {
      torrent.once('done', resolve)
      torrent.once('error', reject)
    })
    return { connect, all: performance.now() - start }
  },
  async digest() {
    const files = torrent.files.toSorted((a, b) => (a.name < b.name ? -1 : 1))
    return digest(await Promise.all(files.map(file => file.arrayBuffer())))
  },
}
