/** The system's own programs for sleep and shutdown. Only their arguments are tested: nobody wants a test that ends the machine. */

/** Null: this system has none that is known. Linux' were read in systemctl(1), macOS' in pmset(1), Windows' in Microsoft's references. */
export function powerCommand(action: 'sleep' | 'shutdown', platform: NodeJS.Platform): { readonly path: string; readonly args: readonly string[] } | null {
  switch (platform) {
    case 'linux':
      return { path: 'systemctl', args: [action === 'sleep' ? 'suspend' : 'poweroff'] };
    case 'darwin':
      // Asks the other programs first, as the Apple menu does; macOS asks once whether Longhaul may.
      return action === 'sleep' ? { path: '/usr/bin/pmset', args: ['sleepnow'] } : { path: '/usr/bin/osascript', args: ['-e', 'tell application "System Events" to shut down'] };
    case 'win32':
      // SetSuspendState of powrprof.dll by way of rundll32 would hibernate where that is on; Windows Forms' does not.
      return action === 'sleep'
        ? { path: 'powershell.exe', args: ['-NoProfile', '-NonInteractive', '-Command', "Add-Type -AssemblyName System.Windows.Forms; [void][System.Windows.Forms.Application]::SetSuspendState('Suspend', $false, $false)"] }
        : { path: 'shutdown.exe', args: ['/s', '/t', '0'] };
    default:
      return null;
  }
}
