import { readSteps, type Step } from '../console.ts';
import { readText } from '../markdown.ts';

/** A guide as a test follows it. */
export interface Guide {
  /** The heading that it stands under. */
  readonly title: string;
  /** What the page shows of files, by their names: the second word after the mark of a block. */
  readonly files: ReadonlyMap<string, string>;
  /** The commands of all blocks marked `console guide`, in their order. */
  readonly steps: readonly Step[];
}

/** The guides of a page: one, or one for each section whose heading begins with `With`. */
export async function readGuides(name: string): Promise<Guide[]> {
  const sections = (await readText(`docs/guides/${name}.md`)).split(/^(?=## With )/m);
  return sections.map(readGuide).filter(({ steps }) => steps.length > 0);
}

function readGuide(text: string): Guide {
  const [, title = ''] = /^#+ (.*)$/m.exec(text) ?? [];
  const blocks = [...text.matchAll(BLOCK)].map(([, language = '', name = '', content = '']) => ({
    ...{ language, name, content },
  }));
  const isTyped = ({ language }: { language: string }): boolean => language === 'console';
  return {
    title,
    files: new Map(blocks.filter((block) => !isTyped(block)).map(({ name, content }) => [name, content])),
    steps: blocks.filter(isTyped).flatMap(({ content }) => readSteps(content)),
  };
}

/** Two words after the mark: a language with the name of a file, or `console guide`. */
const BLOCK = /^```(\w+) ([\w.-]+)\n(.*?)^```$/gms;
