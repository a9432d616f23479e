import { MultiSelect, Select, TextInput } from '@mantine/core';
import type { OptionChoice } from '../../../shared/option-choices.ts';
import type { TaskType } from '../../../shared/task.ts';
import { optionHint, optionLabel, optionTakes, optionValue } from '../../ui/options.ts';

interface Props {
  readonly type: TaskType;
  readonly option: OptionChoice;
  /** What was typed; undefined: nothing yet. */
  readonly value: string | undefined;
  readonly isWrong: boolean;
  readonly onChange: (text: string) => void;
}

/** One option of a recipe as a field. Its value is text, as a command line would hand it over. */
export function OptionField({ type, option, value, isWrong, onChange }: Props) {
  const text = value ?? showValue(option.value);
  const hint = optionHint(type, option.name);
  const shared = { label: optionLabel(type, option.name), error: isWrong, size: 'xs' } as const;
  const data = option.values?.map((one) => ({ value: one, label: optionValue(type, option.name, one) }));
  if (data === undefined) return <TextInput {...shared} description={[optionTakes(type, option), hint].filter((one) => one !== '').join(' · ')} value={text} onChange={(event) => onChange(event.currentTarget.value)} spellCheck={false} />;
  if (option.kind === 'several') return <MultiSelect {...shared} description={hint || undefined} data={data} value={text.split(',').filter((one) => one !== '')} onChange={(chosen) => onChange(chosen.join(','))} />;
  return <Select {...shared} description={hint || undefined} data={data} value={text === '' ? null : text} allowDeselect={option.canBeUnset} clearable={option.canBeUnset} onChange={(next) => onChange(next ?? '')} />;
}

/** As it is typed. */
function showValue(value: OptionChoice['value']): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.map(String).join(',');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** What is sent of a field. An empty one takes back a value that need not be there. */
export function typedValue({ canBeUnset }: OptionChoice, text: string): string {
  return text.trim() === '' && canBeUnset ? 'null' : text;
}
