/** What closing the window does. */
export interface Closing {
  readonly isQuitting: boolean;
  /** The preference. */
  readonly closeToTray: boolean;
  /** Whether this desktop shows a tray. */
  readonly hasTray: boolean;
}

/** minimise: without a tray a hidden window could not be found again. */
export function decideOnClose({ isQuitting, closeToTray, hasTray }: Closing): 'close' | 'hide' | 'minimise' {
  if (isQuitting || !closeToTray) return 'close';
  return hasTray ? 'hide' : 'minimise';
}
