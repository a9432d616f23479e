/** Every key of the window, as `?` shows them. Texts: i18n keys.json. */
export interface KeyGroup {
  readonly name: 'everywhere' | 'queue' | 'intake' | 'transcript';
  readonly keys: readonly { readonly keys: readonly string[]; readonly does: string }[];
}

export const KEY_GROUPS: readonly KeyGroup[] = [
  {
    name: 'everywhere',
    keys: [
      { keys: ['?'], does: 'keyList' },
      { keys: ['Mod+1', 'Mod+2', 'Mod+3', 'Mod+4', 'Mod+5'], does: 'pages' },
      { keys: ['Mod+O'], does: 'addFiles' },
      { keys: ['Mod+V'], does: 'paste' },
      { keys: ['Mod+F'], does: 'search' },
      { keys: ['Esc'], does: 'back' },
    ],
  },
  {
    name: 'queue',
    keys: [
      { keys: ['↑', '↓', 'PgUp', 'PgDn', 'Home', 'End'], does: 'go' },
      { keys: ['Shift+↑', 'Shift+↓'], does: 'stretch' },
      { keys: ['Space'], does: 'toggle' },
      { keys: ['Mod+A'], does: 'selectAll' },
      { keys: ['Enter'], does: 'open' },
      { keys: ['←', '→'], does: 'fold' },
      { keys: ['Alt+↑', 'Alt+↓'], does: 'move' },
      { keys: ['+', '-'], does: 'priority' },
      { keys: ['P'], does: 'pause' },
      { keys: ['R'], does: 'retry' },
      { keys: ['Del'], does: 'cancelOrRemove' },
    ],
  },
  {
    name: 'intake',
    keys: [
      { keys: ['Enter'], does: 'start' },
      { keys: ['Esc'], does: 'cancel' },
    ],
  },
  {
    name: 'transcript',
    keys: [
      { keys: ['Space'], does: 'play' },
      { keys: ['Ctrl+Space'], does: 'playWhileTyping' },
      { keys: ['↑', '↓'], does: 'go' },
      { keys: ['Enter', 'F2'], does: 'edit' },
      { keys: ['Mod+Enter'], does: 'split' },
      { keys: ['Mod+Backspace'], does: 'merge' },
      { keys: ['Mod+F'], does: 'find' },
      { keys: ['Mod+Z', 'Mod+Y'], does: 'undo' },
    ],
  },
];
