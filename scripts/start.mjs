// `npm start`: from a fresh clone to a running app without any settings. `--dev` for development with hot reload.
import {
  bin,
  checkNode,
  ensureBuild,
  ensureDependencies,
  loadEnvFile,
  runServer,
  waitForHealth,
} from './lib.mjs';

/** The same as in db/seed/demo-account.ts. */
const DEMO_PERSON = 'demo@tributary.localhost';

const began = Date.now();
const say = (text) => console.log(`  ${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s  ${text}`);
const dev = process.argv.includes('--dev');

checkNode();
loadEnvFile();
console.log('\nTributary\n');
ensureDependencies(say);
if (!dev) ensureBuild(say);

const port = process.env.PORT || '3000';
// Not reachable from outside this machine unless the user configures it.
const host = process.env.HOST || '127.0.0.1';
const standalone = !process.env.DATABASE_URL;
// The demo user is an operator only while sign-in is limited to this machine. Once the sandbox is public, anybody can sign in as the demo
// user.
const demoOperates = isOn(process.env.TRIBUTARY_DEMO ?? '1') && !process.env.TRIBUTARY_ALLOW_PUBLIC_SANDBOX;
const env = {
  // Defaults for a user who sets nothing: the sandbox and a demo workspace. A deployment that runs the server itself gets neither.
  TRIBUTARY_SANDBOX: '1',
  TRIBUTARY_DEMO: '1',
  ...(demoOperates ? { TRIBUTARY_OPERATORS: DEMO_PERSON } : {}),
  TRIBUTARY_LOG: 'warn',
  NEXT_TELEMETRY_DISABLED: '1',
  // Our own handler drains the runner and closes the database before the process exits.
  NEXT_MANUAL_SIG_HANDLE: 'true',
  // Next's development server would otherwise kill our server after 100 ms.
  NEXT_EXIT_TIMEOUT_MS: '25000',
  ...process.env,
  PORT: port,
  NODE_ENV: dev ? 'development' : 'production',
};
say(standalone ? 'Opening the embedded database, the runner and the sandbox' : 'Opening the database');
const server = runServer([bin('next/dist/bin/next'), dev ? 'dev' : 'start', '-p', port, '-H', host], env);
const { child } = server;
let failed = false;
server.ended.then((code) => {
  // A server may exit with code 0 only if we stopped it; otherwise it has failed. Next's development server does so when its child was
  // killed.
  if (failed || (code === 0 && !server.asked)) process.exit(1);
  process.exit(code);
});

const url = (env.APP_URL || `http://localhost:${port}`).replace(/\/$/, '');
if (await waitForHealth(`http://${reachable(host)}:${port}/api/health`, child, 120)) {
  say('Ready');
  const lines = ['', `  Open      ${url}`];
  if (isOn(env.TRIBUTARY_DEMO)) lines.push(`  Sign in   ${DEMO_PERSON}`, '  Password  Demo-1234');
  if (isOn(env.TRIBUTARY_SANDBOX))
    lines.push(
      `  Sandbox   ${url}/sandbox  (stand-ins for every platform: nothing real is posted, sold or charged)`,
    );
  console.log(
    `${lines.join('\n')}\n\n  Stop with Ctrl-C. Your data stays in ${process.env.TRIBUTARY_DATA_DIR || '.data'}.\n`,
  );
} else if (child.exitCode === null && child.signalCode === null && !server.asked) {
  failed = true;
  console.error('The app did not become ready. See its output above; /api/health reports what is missing.');
  child.kill('SIGTERM');
}

/** Returns an address at which this machine reaches a server that listens on `address`. */
function reachable(address) {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return address.includes(':') ? `[${address}]` : address;
}

function isOn(value) {
  return value === '1' || value === 'true';
}
