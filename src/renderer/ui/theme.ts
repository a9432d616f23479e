/** The look: Mantine's parts in the system's type, one accent colour, calm greys. */
import { createTheme, type CSSVariablesResolver } from '@mantine/core';

export const theme = createTheme({
  fontFamily: 'system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  primaryColor: 'blue',
  primaryShade: { light: 7, dark: 6 },
  defaultRadius: 6,
  cursorType: 'default',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', allowDeselect: false, comboboxProps: { shadow: 'md' } } },
    Tooltip: { defaultProps: { openDelay: 500, withArrow: false } },
    // Its placeholder for the focus is a child that no menu may have (ARIA); without it the first entry gets the focus.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.4 } } },
  },
});

/** What the library fills with its primary colour gets the system's accent (global.css). */
const accent = { '--mantine-color-blue-filled': 'var(--lh-accent)', '--mantine-color-blue-filled-hover': 'color-mix(in srgb, var(--lh-accent) 88%, #000)' } as const;

/** Texts that are dimmed must still be read: Mantine's own grey misses AA on a grey ground. */
export const colourVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: { ...accent, '--mantine-color-dimmed': '#5a6169', '--mantine-color-placeholder': '#6a7178', '--mantine-color-error': '#b3261e' },
  dark: { ...accent, '--mantine-color-dimmed': '#a3a9b0', '--mantine-color-placeholder': '#969ca3', '--mantine-color-error': '#ff8a80' },
});
