// Starts the server whose source is the first argument, as scripts/start.mjs starts the app. For starter.test.ts.
import { runServer } from '../../scripts/lib.mjs';

const server = runServer(['-e', process.argv[2]], process.env);
console.log('server', server.child.pid);
const code = await server.ended;
console.log('asked', server.asked);
process.exit(code);
