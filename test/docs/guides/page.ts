import { readSteps, type Step } from '../console.ts';
import { readText } from '../markdown.ts';

/** A guide as a test follows it. */
export interface Guide {
  /** The heading that it stands under. */
  readonly title: string;
  readonly cloud: Cloud;
  /** What the page shows of files, by their names: the second word after the mark of a block. */
  readonly files: ReadonlyMap<string, string>;
  /** The commands of all blocks marked `console guide`, in their order. */
  readonly steps: readonly Step[];
}

type Cloud = (typeof CLOUDS)[number];

const CLOUDS = ['aws', 'azure'] as const;

/**
 * The guides of a page: one, or one for each section whose heading begins with `With`; each for AWS, and for Azure as
 * well where a block says so.
 */
export async function readGuides(name: string): Promise<Guide[]> {
  const sections = (await readText(`docs/guides/${name}.md`)).split(/^(?=## With )/m);
  return sections.flatMap(readSection).filter(({ steps }) => steps.length > 0);
}

interface Block {
  readonly language: string;
  readonly name: string;
  /** Empty where it is for every cloud. */
  readonly cloud: string;
  readonly content: string;
}

function readSection(text: string): Guide[] {
  const [, title = ''] = /^#+ (.*)$/m.exec(text) ?? [];
  const blocks = [...text.matchAll(BLOCK)].map(([, language = '', name = '', cloud = '', content = '']) => ({
    ...{ language, name, cloud, content },
  }));
  const isElsewhere = blocks.some(({ cloud }) => cloud === 'azure');
  return CLOUDS.filter((cloud) => cloud === 'aws' || isElsewhere).map((cloud) => ({
    ...{ title, cloud },
    ...toGuide(blocks.filter((block) => block.cloud === '' || block.cloud === cloud)),
  }));
}

function toGuide(blocks: readonly Block[]): Pick<Guide, 'files' | 'steps'> {
  const isTyped = ({ language }: Block): boolean => language === 'console';
  return {
    files: new Map(blocks.filter((block) => !isTyped(block)).map(({ name, content }) => [name, content])),
    steps: blocks.filter(isTyped).flatMap(({ content }) => readSteps(content)),
  };
}

/**
 * Two words after the mark: a language with the name of a file, or `console guide`; then that of a cloud, where the
 * block is for it alone.
 */
const BLOCK = /^```(\w+) ([\w.-]+)(?: (aws|azure))?\n(.*?)^```$/gms;
