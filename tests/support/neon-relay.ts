import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { WebSocketServer } from 'ws';

/** Does what Neon's proxy does for its driver: relays PostgreSQL's protocol over a WebSocket, here to the port of a local server. */
export async function neonRelay(postgresPort: number): Promise<{ proxy: string; close(): void }> {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    const upstream = connect(postgresPort, '127.0.0.1');
    socket.on('message', (data: Buffer) => upstream.write(data));
    upstream.on('data', (data) => socket.send(data));
    upstream.on('error', () => socket.terminate());
    upstream.on('close', () => socket.close());
    socket.on('error', () => upstream.destroy());
    socket.on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    proxy: `127.0.0.1:${port}/v1`,
    close: () => {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      server.close();
    },
  };
}
