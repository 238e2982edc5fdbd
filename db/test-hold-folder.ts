import { lockFolder } from './folder-lock';

const say = (words: string) => process.stdout.write(`${words}\n`);

/** Acquires a folder and reports it, for folder-lock.test.ts. Arguments: the folder, and how long to wait, in milliseconds. */
async function main([folder = '', waitMs]: string[]) {
  try {
    await lockFolder(folder, { waitMs: Number(waitMs), onWait: say });
    say(`taken as ${process.pid}`);
    setInterval(() => {}, 1000);
  } catch (error) {
    process.stdout.write(`${error}\n`, () => process.exit(3));
  }
}
void main(process.argv.slice(2));
