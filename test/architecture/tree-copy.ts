import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = new URL('../../', import.meta.url).pathname;

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** A copy of the tree in a folder of its own, to change and try out. */
export class TreeCopy {
  readonly #temporary = mkdtempSync(join(tmpdir(), 'podroutes-tree-'));
  /** The folder of the copy. */
  readonly root: string;

  /** @param below where in a temporary folder the copy is to be */
  constructor(below = '') {
    this.root = join(this.#temporary, below);
    mkdirSync(this.root, { recursive: true });
    const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    for (const path of listed.split('\0').filter((each) => each !== '' && existsSync(join(ROOT, each)))) {
      cpSync(join(ROOT, path), join(this.root, path));
    }
    symlinkSync(join(ROOT, 'node_modules'), join(this.root, 'node_modules'));
    this.#git('init', '--quiet');
    this.write('.git/info/exclude', 'node_modules\n');
    this.accept();
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  /** Removes a file or a folder with all that is in it. */
  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true });
  }

  /** Puts one text in the place of another, which has to be there. */
  replace(path: string, from: string, to: string): void {
    const text = this.read(path);
    if (!text.includes(from)) throw new Error(`${path}: expected ${JSON.stringify(from)} in it`);
    this.write(
      path,
      text.replace(from, () => to),
    );
  }

  /** Paths of files that differ from the tree, or are not in it. */
  changes(): string[] {
    const lines = this.#git('status', '--porcelain', '--untracked-files=all').split('\n');
    return lines.filter((line) => /^(A[MD]|\?\?)/.test(line)).map((line) => line.slice(3));
  }

  /** Takes what it is now for the tree. */
  accept(): void {
    this.#git('add', '--all');
  }

  /** Writes what a script of the tree prints to a file. */
  print(script: string, path: string): void {
    this.write(path, this.#run('--no-warnings', script).output);
  }

  build(): void {
    this.#run('--no-warnings', 'build.ts');
  }

  /** Checks the types; empty where nothing is wrong. */
  checkTypes(): string {
    return this.#start('npm', ['run', '--silent', 'typecheck']).output;
  }

  /** Runs tests by their paths, or with `named` those of such a name; empty where there are some and all pass. */
  test(paths: readonly string[], named = ''): string {
    const { code, output } = this.#run(
      ...['--no-warnings', 'node_modules/jest/bin/jest.js'],
      ...['--runInBand', `--testNamePattern=${named}`, '--runTestsByPath', ...paths],
    );
    return code === 0 && /^Tests:.* [1-9]\d* passed/m.test(output) ? '' : output;
  }

  /** Runs the command line from its source. */
  podroutes(...args: readonly string[]): Ended {
    return this.#run('--no-warnings', 'functions/cli/podroutes.ts', ...args);
  }

  end(): void {
    rmSync(this.#temporary, { recursive: true });
  }

  #git(...args: readonly string[]): string {
    return execFileSync('git', args, { cwd: this.root, encoding: 'utf8' });
  }

  #run(...args: readonly string[]): Ended {
    return this.#start(process.execPath, args);
  }

  #start(program: string, args: readonly string[]): Ended {
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd: this.root,
      encoding: 'utf8',
    });
    return { code: status, output: `${stdout}${stderr}` };
  }
}
