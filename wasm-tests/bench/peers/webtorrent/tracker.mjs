// A tracker on loopback, over WebSockets only.
import Server from 'bittorrent-tracker/server'

const server = new Server({ udp: false, http: true, ws: true, stats: false, interval: 5_000 })
server.on('error', error => console.error(error.message))
server.on('warning', warning => console.error(warning.message))
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ address: `ws://127.0.0.1:${server.http.address().port}` }))
})
