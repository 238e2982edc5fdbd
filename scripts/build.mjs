// Builds the app if its sources have changed since the last build. Prints nothing unless it fails.
import { ensureBuild } from './lib.mjs';

ensureBuild(() => {});
