/**
 * As much of a Linux desktop as the app talks to: a session bus of its own, on which notifications are taken and trays are shown.
 * The app, its Electron and its libraries are the real ones and talk to it as to GNOME or KDE.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BusConnection, type Answer } from './connection.ts';
import { KIND, Reader, Writer, type Incoming } from './message.ts';

export interface ShownNotification {
  readonly id: number;
  readonly title: string;
  readonly body: string;
}

export interface Desktop {
  readonly env: Readonly<Record<string, string>>;
  /** Since the last call of `forget`. */
  readonly notifications: readonly ShownNotification[];
  /** Bus names or paths of tray icons that asked to be shown. */
  readonly trayIcons: readonly string[];
  click(notification: ShownNotification): void;
  forget(): void;
  close(): Promise<void>;
}

const NOTIFICATIONS = 'org.freedesktop.Notifications';
const NOTIFICATIONS_PATH = '/org/freedesktop/Notifications';
const TRAY = 'org.kde.StatusNotifierWatcher';

/** Starts the bus and the services. Linux only; elsewhere the system's own desktop is there and can't be looked into. */
export async function openDesktop(): Promise<Desktop> {
  const dir = mkdtempSync(join(tmpdir(), 'longhaul-bus-'));
  const socketPath = join(dir, 'bus');
  writeFileSync(join(dir, 'bus.conf'), busConfig(socketPath));
  const daemon = spawn('dbus-daemon', [`--config-file=${join(dir, 'bus.conf')}`, '--nofork', '--print-address=1'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(daemon, 'exit');
  await Promise.race([once(daemon.stdout, 'data'), ended.then(() => Promise.reject(new Error('dbus-daemon ended at once. Install it with: apt-get install dbus-daemon')))]);

  const notifications: ShownNotification[] = [];
  const trayIcons: string[] = [];
  const services = await BusConnection.open(socketPath, [NOTIFICATIONS, TRAY], (call) => answerNotifications(call, notifications) ?? answerTray(call, trayIcons) ?? answerAll(call));
  return {
    env: { DBUS_SESSION_BUS_ADDRESS: `unix:path=${socketPath}` },
    notifications,
    trayIcons,
    click: ({ id }) => {
      services.send({ kind: KIND.signal, path: NOTIFICATIONS_PATH, interfaceName: NOTIFICATIONS, member: 'ActionInvoked', signature: 'us', body: new Writer().uint32(id).text('default').bytes() });
    },
    forget: () => {
      notifications.length = 0;
      trayIcons.length = 0;
    },
    close: async () => {
      services.close();
      daemon.kill('SIGTERM');
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function answerNotifications(call: Incoming, shown: ShownNotification[]): Answer {
  if (call.interfaceName !== NOTIFICATIONS) return null;
  switch (call.member) {
    case 'GetCapabilities':
      return { signature: 'as', body: new Writer().array(4, (names) => names.text('body').text('actions')).bytes() };
    case 'GetServerInformation':
      return { signature: 'ssss', body: new Writer().text('longhaul-e2e').text('Longhaul').text('1').text('1.2').bytes() };
    case 'Notify': {
      const notification = { id: shown.length + 1, ...readNotification(call.body) };
      shown.push(notification);
      return { signature: 'u', body: new Writer().uint32(notification.id).bytes() };
    }
    case 'CloseNotification':
      return {};
    default:
      return null;
  }
}

/** Its arguments begin with: name of the app, the one it replaces, icon, summary, body. */
function readNotification(body: Buffer): { title: string; body: string } {
  const reader = new Reader(body);
  reader.text();
  reader.uint32();
  reader.text();
  return { title: reader.text(), body: reader.text() };
}

function answerTray(call: Incoming, trayIcons: string[]): Answer {
  if (call.interfaceName === TRAY && call.member === 'RegisterStatusNotifierItem') {
    trayIcons.push(new Reader(call.body).text());
    return {};
  }
  if (call.interfaceName !== 'org.freedesktop.DBus.Properties' || call.member !== 'Get') return null;
  const reader = new Reader(call.body);
  if (reader.text() !== TRAY || reader.text() !== 'IsStatusNotifierHostRegistered') return null;
  return { signature: 'v', body: new Writer().variant({ of: 'b', is: true }).bytes() };
}

/** What libraries ask of any service before they use it. */
function answerAll(call: Incoming): Answer {
  if (call.member === 'Introspect') return { signature: 's', body: new Writer().text('<node/>').bytes() };
  if (call.member === 'GetAll') return { signature: 'a{sv}', body: new Writer().array(8, () => undefined).bytes() };
  return call.member === 'Ping' ? {} : null;
}

function busConfig(socketPath: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${socketPath}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;
}
