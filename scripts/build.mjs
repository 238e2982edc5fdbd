// Builds the app if its sources changed since the last build. Says nothing unless it fails.
import { ensureBuild } from './lib.mjs';

ensureBuild(() => {});
