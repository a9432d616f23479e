import { NumberInput, Select, Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMirror } from '../../store/mirror.ts';
import { recipeName } from '../../ui/recipes.ts';
import type { FileKind } from '../../../shared/settings.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import type { SettingEntry } from './settings-table.ts';
import { FolderField, TextField } from './text-field.tsx';
import { useTyped } from './use-typed.ts';
import { useSettingText } from './use-setting-text.ts';

interface Props {
  readonly id: string;
  readonly describedBy: string;
  readonly entry: SettingEntry;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

/** What a setting is chosen with. */
export function SettingControl({ id, describedBy, entry, value, onChange }: Props) {
  const { t } = useTranslation('settings');
  const text = useSettingText();
  const { control } = entry;
  const label = { id, 'aria-describedby': describedBy };
  switch (control.kind) {
    case 'switch':
      return <Switch {...label} checked={value === 'on'} onChange={(event) => onChange(event.currentTarget.checked ? 'on' : 'off')} />;
    case 'choice':
      return <Select {...label} data={control.values.map((choice) => ({ value: choice, label: text.value(entry, choice) }))} value={value} onChange={(choice) => choice !== null && onChange(choice)} />;
    case 'recipe':
      return <RecipeSelect {...label} fileKind={control.fileKind} value={value} onChange={onChange} />;
    case 'number':
      return <WholeNumber {...label} control={control} value={value} suffix={entry.key === 'holdBelowFreeMb' || entry.key === 'tempCapMb' ? ` ${t('megabytes')}` : ''} onChange={onChange} />;
    case 'folder':
      return <FolderField {...label} value={value} onChange={onChange} />;
    case 'address':
      return <TextField {...label} value={value} placeholder="https://" problem={(typed) => (typed === '' || /^https:\/\/[^\s/]/.test(typed) ? null : t('notHttps'))} onChange={onChange} />;
  }
}

interface NumberProps {
  readonly id: string;
  readonly control: { readonly min: number; readonly max: number; readonly step: number };
  readonly value: string;
  readonly suffix: string;
  readonly onChange: (text: string) => void;
}

/** Takes effect when the field is left or a step is made: half a number is none. */
function WholeNumber({ control, value, suffix, onChange, ...label }: NumberProps) {
  const [typed, setTyped] = useTyped(value);
  const commit = (text: string): void => {
    const whole = String(Math.min(control.max, Math.max(control.min, Math.round(Number(text)))));
    setTyped(text === '' ? value : whole);
    if (text !== '' && whole !== value) onChange(whole);
  };
  return (
    <NumberInput
      {...label} size="sm" value={typed} min={control.min} max={control.max} step={control.step} allowDecimal={false} allowNegative={false} suffix={suffix}
      onValueChange={({ value: text }, { source }) => (isTyping(source) ? setTyped(text) : commit(text))}
      onBlur={() => commit(typed)} onKeyDown={(event) => event.key === 'Enter' && commit(typed)}
    />
  );
}

/** Steps by buttons and arrow keys are whole numbers at once. */
function isTyping(source: string): boolean {
  return source === 'event' || source === 'prop';
}

function RecipeSelect({ fileKind, value, onChange, ...label }: { readonly id: string; readonly fileKind: FileKind; readonly value: string; readonly onChange: (text: string) => void }) {
  const recipes = useMirror((mirror) => mirror.recipes);
  const fitting = recipes.filter((recipe) => isFor(fileKind, recipe));
  const names = [...new Set([...fitting.map(({ name }) => name), value])];
  return <Select {...label} data={names.map((name) => ({ value: name, label: recipeName(name) }))} value={value} searchable={names.length > 12} onChange={(name) => name !== null && onChange(name)} />;
}

/** Whether the recipe makes something of such files; a film has a sound track too. */
function isFor(fileKind: FileKind, { type, options }: Pick<Recipe, 'type' | 'options'>): boolean {
  if (type === 'report' || type === 'maintenance') return false;
  const isPicture = type === 'image_convert' || type === 'image_thumbnail';
  const isDocument = type === 'document_preview';
  const isMesh = type === 'model_preview';
  switch (fileKind) {
    case 'image': return isPicture;
    case 'document': return isDocument;
    case 'mesh': return isMesh;
    case 'video': return !isPicture && !isDocument && !isMesh;
    case 'audio': return type === 'transcribe' || options['videoCodec'] === 'none';
  }
}
