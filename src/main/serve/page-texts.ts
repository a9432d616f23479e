/** What the pages say: what happened, and what to do. Words in backquotes are typed in a terminal. */
import type { PageLanguage } from './language.ts';
import type { PageName } from './refusal.ts';

export interface PageText {
  readonly title: string;
  readonly what: string;
  readonly cure: string;
}

const NEW_LINK = {
  'en': 'Run `longhaul serve` once more in a terminal on the computer where Longhaul works. It prints a new link for the server that is running.',
  'zh-CN': '请在运行 Longhaul 的计算机上打开终端，再次执行 `longhaul serve`。它会为正在运行的服务打印一个新链接。',
} as const;

export const PAGE_TEXTS: Record<PageLanguage, Record<PageName, PageText>> = {
  'en': {
    wrongAddress: { title: 'Longhaul is not at this address', what: 'This browser reached Longhaul under a name that it does not answer to.', cure: 'Open the link exactly as `longhaul serve` prints it. From another computer, forward the same port number, for example with `ssh -L`.' },
    foreignPage: { title: 'Another page asked for this', what: 'The request came from a page that is not Longhaul’s, so it was refused.', cure: 'Open Longhaul in a tab of its own.' },
    noSession: { title: 'This browser needs a link', what: 'Longhaul opens only for browsers that came in by a one-time link.', cure: NEW_LINK.en },
    staleSession: { title: 'This browser’s session has ended', what: 'Sessions last 30 days. Your tasks are untouched.', cure: NEW_LINK.en },
    staleLink: { title: 'This link opens nothing any more', what: 'Each link works once, for an hour, and until the server is started again.', cure: NEW_LINK.en },
    notFound: { title: 'There is nothing here', what: 'Longhaul has no page at this address.', cure: 'Go to the start page.' },
    fileGone: { title: 'This file is not there', what: 'The task has no such file, or the file was moved, renamed or deleted.', cure: 'Look at the task in Longhaul. “Retry” makes its results again.' },
    notBuilt: { title: 'The window is missing', what: 'This installation of Longhaul has no files for the browser. The queue works all the same.', cure: 'In a checkout, run `npm run build`. Otherwise install Longhaul again.' },
    broken: { title: 'That did not work', what: 'Longhaul could not answer this request.', cure: 'Try again. The terminal where `longhaul serve` runs says more.' },
  },
  'zh-CN': {
    wrongAddress: { title: 'Longhaul 不在这个地址', what: '浏览器使用了 Longhaul 不接受的地址名称。', cure: '请原样打开 `longhaul serve` 打印的链接。如果从另一台计算机访问，请转发相同的端口号，例如使用 `ssh -L`。' },
    foreignPage: { title: '请求来自其他网页', what: '这个请求不是由 Longhaul 的页面发出的，因此被拒绝。', cure: '请在单独的标签页中打开 Longhaul。' },
    noSession: { title: '此浏览器需要链接', what: '只有通过一次性链接进入的浏览器才能打开 Longhaul。', cure: NEW_LINK['zh-CN'] },
    staleSession: { title: '此浏览器的会话已结束', what: '会话有效期为 30 天。您的任务没有受到影响。', cure: NEW_LINK['zh-CN'] },
    staleLink: { title: '此链接已失效', what: '每个链接只能使用一次，一小时内有效，服务重新启动后也会失效。', cure: NEW_LINK['zh-CN'] },
    notFound: { title: '这里没有内容', what: 'Longhaul 在这个地址没有页面。', cure: '请前往起始页。' },
    fileGone: { title: '文件不存在', what: '该任务没有这个文件，或者文件已被移动、重命名或删除。', cure: '请在 Longhaul 中查看该任务。“重试”会重新生成结果。' },
    notBuilt: { title: '缺少窗口文件', what: '此 Longhaul 安装中没有浏览器界面的文件。队列仍会照常工作。', cure: '如果使用源代码，请执行 `npm run build`；否则请重新安装 Longhaul。' },
    broken: { title: '操作未成功', what: 'Longhaul 无法响应这个请求。', cure: '请重试。运行 `longhaul serve` 的终端中有更多信息。' },
  },
};

export const PAGE_WORDS: Record<PageLanguage, { readonly start: string; readonly opening: string; readonly continue: string }> = {
  'en': { start: 'Start page', opening: 'Opening Longhaul …', continue: 'Continue' },
  'zh-CN': { start: '起始页', opening: '正在打开 Longhaul……', continue: '继续' },
};
