/** The words of what the system draws itself: tray, menus, notifications, dialogs. The window's own are in src/renderer/i18n. */
import type { Appearance } from './memory.ts';

const EN = {
  show: 'Show Longhaul', pauseAll: 'Pause All', resumeAll: 'Resume All', stopAfterCurrent: 'Stop After Current Tasks', quit: 'Quit Longhaul',
  idle: 'Nothing to do', held: 'Paused', heldBattery: 'Waiting for mains power', heldDisk: 'Waiting for free disk space', heldHeat: 'Waiting for the machine to cool down', heldForeground: 'Waiting while you work', opening: 'Opening …',
  runningOne: '1 task running', runningMany: '{count} tasks running', waitingOne: '1 waiting', waitingMany: '{count} waiting',
  file: 'File', addFiles: 'Add Files …', addFolder: 'Add Folder …', recent: 'Open Recent', clearRecent: 'Clear Menu', closeWindow: 'Close Window',
  edit: 'Edit', view: 'View', queue: 'Queue', models: 'Models', settings: 'Settings …', work: 'Work', window: 'Window', help: 'Help',
  openDataFolder: 'Open Data Folder', openLogs: 'Open Log Folder', checkForUpdates: 'Check for Updates …',
  doneTitle: 'The queue is done', doneOne: '1 task is finished.', doneMany: '{count} tasks are finished.', failedOne: '1 needs your attention.', failedMany: '{count} need your attention.',
  attentionTitle: 'A task needs your attention', attentionBody: '{name}: {message}',
  staysTitle: 'Longhaul goes on', staysBody: 'The work goes on while the window is closed. Longhaul is in the tray; quit it there.',
  staysBodyMac: 'The work goes on while the window is closed. Longhaul is in the menu bar; quit it there.',
  ownedTitle: 'Another program has the queue open', ownedDetail: 'It does not answer. End it, or wait: Longhaul goes on by itself as soon as the queue is free.',
  damagedTitle: 'The queue can\'t be opened', damagedDetail: 'Its database is damaged. Copies from before are in the folder "backups" of the data folder.', failedDetail: 'Look whether the data folder is there, may be written to, and has space.', tryAgain: 'Try Again', crashedTitle: 'The window keeps failing', crashedDetail: 'Your work is untouched and goes on. Open the window anew, or quit and start Longhaul again.', openAnew: 'Open Anew',
  media: 'Video and sound', allFiles: 'All files',
  updateFromPackage: 'Updates are installed by the program that installed Longhaul.', updateOff: 'No update feed is set.', updateNone: 'This is the newest version.', updateReady: 'Version {version} is ready to be installed.', updateFailed: 'The update feed could not be read. Check its address and the network.',
  powerFailedTitle: 'The computer stays on', powerFailedBody: 'The system refused to go to sleep or to shut down.',
} as const;

export type Texts = Readonly<Record<keyof typeof EN, string>>;

const ZH_CN: Texts = {
  show: '显示 Longhaul', pauseAll: '全部暂停', resumeAll: '全部继续', stopAfterCurrent: '完成当前任务后停止', quit: '退出 Longhaul',
  idle: '没有任务', held: '已暂停', heldBattery: '等待接通电源', heldDisk: '等待磁盘空间', heldHeat: '等待电脑降温', heldForeground: '您使用电脑时等待', opening: '正在打开…',
  runningOne: '1 个任务正在运行', runningMany: '{count} 个任务正在运行', waitingOne: '1 个等待中', waitingMany: '{count} 个等待中',
  file: '文件', addFiles: '添加文件…', addFolder: '添加文件夹…', recent: '最近打开', clearRecent: '清除菜单', closeWindow: '关闭窗口',
  edit: '编辑', view: '视图', queue: '队列', models: '模型', settings: '设置…', work: '任务', window: '窗口', help: '帮助',
  openDataFolder: '打开数据文件夹', openLogs: '打开日志文件夹', checkForUpdates: '检查更新…',
  doneTitle: '队列已完成', doneOne: '1 个任务已完成。', doneMany: '{count} 个任务已完成。', failedOne: '1 个任务需要您处理。', failedMany: '{count} 个任务需要您处理。',
  attentionTitle: '有任务需要您处理', attentionBody: '{name}：{message}',
  staysTitle: 'Longhaul 继续运行', staysBody: '关闭窗口后任务继续进行。Longhaul 位于系统托盘，可在那里退出。',
  staysBodyMac: '关闭窗口后任务继续进行。Longhaul 位于菜单栏，可在那里退出。',
  ownedTitle: '队列已被另一个程序打开', ownedDetail: '该程序没有响应。请结束它，或者等待：队列空闲后 Longhaul 会自动继续。',
  damagedTitle: '无法打开队列', damagedDetail: '数据库已损坏。之前的备份位于数据文件夹的 “backups” 文件夹中。', failedDetail: '请检查数据文件夹是否存在、是否可写、是否有足够空间。', tryAgain: '重试', crashedTitle: '窗口反复出错', crashedDetail: '您的任务不受影响，仍在继续。请重新打开窗口，或退出后再次启动 Longhaul。', openAnew: '重新打开',
  media: '视频和音频', allFiles: '所有文件',
  updateFromPackage: '更新由安装 Longhaul 的程序负责。', updateOff: '未设置更新地址。', updateNone: '已是最新版本。', updateReady: '版本 {version} 已准备好安装。', updateFailed: '无法读取更新地址。请检查地址和网络。',
  powerFailedTitle: '电脑保持开启', powerFailedBody: '系统拒绝了睡眠或关机请求。',
};

export const LANGUAGES = { 'en': EN, 'zh-CN': ZH_CN } as const;

/** By the setting, else by the system's language (a BCP 47 tag). */
export function textsFor(setting: Appearance['language'], systemLanguage: string): Texts {
  const chosen = setting === 'system' ? (/^zh\b/i.test(systemLanguage) ? 'zh-CN' : 'en') : setting;
  return LANGUAGES[chosen];
}

/** Puts values in the places of {name}. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

/** English has two forms, Chinese one. */
export function counted(count: number, one: string, many: string): string {
  return count === 1 ? one : fill(many, { count });
}
