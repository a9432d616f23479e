/** Carries the contract from the window's page to the engine and the shell: the only user of ipcMain. */
import { ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron/main';
import { WINDOW_METHODS } from '../../shared/contract.ts';
import { TaskError } from '../../shared/errors.ts';
import { failure, type Dispatch } from '../host/dispatch.ts';
import { isOwnPage } from './own-page.ts';

/** One handler a method, by a loop over the table: none can be forgotten, and none can go without the checks. */
export function registerIpc(dispatch: Dispatch, contentsOfWindow: () => WebContents): void {
  for (const method of Object.keys(WINDOW_METHODS)) {
    ipcMain.handle(method, (event, input: unknown) => (isTrusted(event, contentsOfWindow()) ? dispatch(method, input) : refuse(method)));
  }
}

/** Only the top frame of our window, and only while it shows our page. A frame that is gone has no address to trust. */
function isTrusted({ sender, senderFrame }: IpcMainInvokeEvent, contents: WebContents): boolean {
  return sender === contents && senderFrame !== null && senderFrame === contents.mainFrame && isOwnPage(senderFrame.url);
}

function refuse(method: string): ReturnType<typeof failure> {
  console.warn(`${method} was asked for by a page that is not the window's own.`);
  return failure(new TaskError('NOT_ALLOWED', 'Only Longhaul\'s own window may ask for this.'));
}
