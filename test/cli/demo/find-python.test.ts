import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findPython } from '../../../src/cli/demo/find-python.js';
import { temporaryFolder, writeProgram } from './fake-programs.js';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const install = (name: string, answer: string) => writeProgram(join(folder, name), `echo "${answer}"`);
const find = () => findPython({ PATH: folder });

describe('findPython', () => {
  it('takes python3 when it fits', async () => {
    install('python3', '3 12');
    install('python3.13', '3 13');
    expect(await find()).toBe('python3');
  });

  it('takes one beside a python3 that is too old', async () => {
    install('python3', '3 9');
    install('python3.11', '3 11');
    expect(await find()).toBe('python3.11');
  });

  it('takes one that can make environments before one that cannot', async () => {
    install('python3', '3 11 ensurepip');
    install('python3.12', '3 12');
    expect(await find()).toBe('python3.12');
  });

  it('passes over a program that refuses to run', async () => {
    writeProgram(join(folder, 'python3'), 'exit 127');
    install('python3.13', '3 13');
    expect(await find()).toBe('python3.13');
  });

  it.each([
    { name: 'nothing installed', python: undefined, message: 'python3 is not installed' },
    { name: 'nothing installed, remedy', python: undefined, message: 'apt-get install python3 python3-venv' },
    { name: 'nothing installed, way out', python: undefined, message: '-- --stand-in' },
    {
      name: 'too old',
      python: '3 9',
      message: "`python3` is Python 3.9, and the demo's Airflow needs Python 3.11 to 3.13",
    },
    { name: 'too new', python: '3 15', message: '`python3` is Python 3.15' },
    {
      name: 'no pip to put into it',
      python: '3 11 ensurepip',
      message: '`ensurepip` is missing; apt-get install python3-venv',
    },
    { name: 'no venv at all', python: '3 11 venv ensurepip', message: '`venv` and `ensurepip` is missing' },
  ])('names the remedy: $name', async ({ python, message }) => {
    if (python !== undefined) install('python3', python);
    await expect(find()).rejects.toThrow(message);
  });
});
