// Starts Bluesky's PDS, and the directory of accounts that it needs, from the folder in which they are installed. Prints the address when it
// answers, and ends when its input does.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const [, , folder = ''] = process.argv;
const require = createRequire(path.join(folder, 'package.json'));
const { PDS, envToCfg, envToSecrets, readEnv } = require('@atproto/pds');
const { PlcServer, Database } = require('@did-plc/server');
// A dependency of the PDS, wherever npm has put it.
const { Secp256k1Keypair } = createRequire(require.resolve('@atproto/pds'))('@atproto/crypto');

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const data = mkdtempSync(path.join(tmpdir(), 'tributary-peers-'));
const plcPort = await freePort();
const plc = PlcServer.create({ db: Database.mock(), port: plcPort });
await plc.start();
const port = await freePort();
const key = await Secp256k1Keypair.create({ exportable: true });
Object.assign(process.env, {
  PDS_HOSTNAME: 'localhost',
  PDS_PORT: String(port),
  PDS_DEV_MODE: 'true',
  PDS_DATA_DIRECTORY: data,
  PDS_BLOBSTORE_DISK_LOCATION: path.join(data, 'blobs'),
  PDS_DID_PLC_URL: `http://localhost:${plcPort}`,
  PDS_JWT_SECRET: randomBytes(16).toString('hex'),
  PDS_ADMIN_PASSWORD: randomBytes(16).toString('hex'),
  PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX: Buffer.from(await key.export()).toString('hex'),
  PDS_INVITE_REQUIRED: 'false',
  PDS_SERVICE_HANDLE_DOMAINS: '.test',
  LOG_ENABLED: 'false',
});
const env = readEnv();
const pds = await PDS.create(envToCfg(env), envToSecrets(env));
await pds.start();
console.log(`http://localhost:${port}`);

process.stdin.resume();
process.stdin.on('end', () => {
  rmSync(data, { recursive: true, force: true });
  process.exit(0);
});
