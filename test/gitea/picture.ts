// A comment as Gitea's own page shows it, as a picture.
import { access, constants, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { chromium, type Page } from 'playwright-core';

const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const DOCUMENTED = join(import.meta.dirname, '..', '..', 'docs', 'images', 'review.png');

/** Pixels to the left, where the frame of the comment is. */
const MARGIN = 20;

/** Which comment of which page. */
export interface Pictured {
  readonly page: string;
  readonly comment: number;
  /** Folder of Gitea's styles. */
  readonly styles: string;
  /** Name of the file; with UPDATE_GOLDENS=1 the picture `review` goes into the documentation. */
  readonly name: string;
}

/** Takes the picture and returns where it is; undefined where there is no Chromium. */
export async function takePicture({
  page,
  comment,
  styles,
  name,
}: Pictured): Promise<string | undefined> {
  const executablePath = await programIn(PROGRAMS);
  if (executablePath === undefined) return undefined;
  const path = await placeFor(name);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const viewport = { width: 1280, height: 900 };
    const tab = await browser.newPage({ viewport, colorScheme: 'light' });
    await serveStyles(tab, styles);
    await tab.goto(page, { waitUntil: 'networkidle' });
    await tab.addStyleTag({ content: UTILITIES });
    const box = await tab.locator(`#issuecomment-${comment}`).boundingBox();
    if (box === null) throw new Error(`${page} shows no comment ${comment}`);
    const { x, y, width, height } = box;
    const clip = { x: x - MARGIN, y: y - 2, width: width + MARGIN + 4, height: height + 8 };
    await tab.screenshot({ path, fullPage: true, clip });
    return path;
  } finally {
    await browser.close();
  }
}

/** What Gitea's build makes of its templates, as far as a comment shows it. */
const UTILITIES =
  '.tw-hidden, .comment-header-right, .avatar-with-link { display: none !important }';

/** The module holds the sources of the styles, which a browser reads as they are. */
async function serveStyles(tab: Page, styles: string): Promise<void> {
  await tab.route(/\/assets\/css\//, async (route) => {
    const [, name = ''] = /\/assets\/css\/([^?]+)/.exec(route.request().url()) ?? [];
    const path = join(styles, name.startsWith('theme-') ? 'themes' : '', name);
    await route.fulfill({ path, contentType: 'text/css' }).catch(() => route.abort());
  });
}

async function placeFor(name: string): Promise<string> {
  const isDocumented = name === 'review' && process.env.UPDATE_GOLDENS === '1';
  if (!isDocumented) return join(await mkdtemp(join(tmpdir(), 'webapp-picture-')), `${name}.png`);
  await mkdir(dirname(DOCUMENTED), { recursive: true });
  return DOCUMENTED;
}

async function programIn(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}
