import { Button, Group, Modal, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OptionChoice } from '../../../shared/option-choices.ts';
import { api } from '../../api/window-api.ts';
import { describeRecipe, recipeName } from '../../ui/recipes.ts';
import { describeThrown } from '../../ui/messages.ts';
import { showValue } from './option-table.tsx';
import { isChain, PURPOSE_ORDER, type Listed } from './recipe-list.ts';
import { useOptions } from './use-options.ts';
import classes from './recipes-page.module.css';

interface Props {
  readonly recipe: Listed;
  /** The name that a copy is suggested to have; null: the recipe itself is changed. */
  readonly copyAs: string | null;
  readonly onClose: () => void;
  readonly onSaved: (name: string) => void;
}

/** A copy of a recipe with changes, or changes of an own one. The engine says what can't be, with the field's name. */
export function RecipeEditor({ recipe, copyAs, onClose, onSaved }: Props) {
  const { t } = useTranslation('recipe-page');
  const { options } = useOptions(isChain(recipe) ? null : recipe.name);
  const [name, setName] = useState(copyAs ?? recipe.name);
  const [title, setTitle] = useState(copyAs === null ? recipeName(recipe.name) : t('copyOf', { name: recipeName(recipe.name) }));
  const [description, setDescription] = useState(describeRecipe(recipe.name));
  const [purpose, setPurpose] = useState<Listed['purpose']>(recipe.purpose);
  const [set, setSet] = useState<Readonly<Record<string, string>>>({});
  const [problem, setProblem] = useState<string | null>(null);
  const [isSaving, setIsSaving] = useState(false);
  const save = async (): Promise<void> => {
    setIsSaving(true);
    try {
      const changes = {
        set: Object.fromEntries(options.filter((option) => option.name in set).map((option) => [option.name, typedValue(option, set[option.name] ?? '')])), purpose,
        // What was not typed anew keeps its words in the other language.
        ...(title === recipeName(recipe.name) ? {} : { title: { en: title, zh: title } }), ...(description === describeRecipe(recipe.name) ? {} : { description: { en: description, zh: description } }),
      };
      const saved = copyAs === null ? await api.changeRecipe({ name, ...changes }) : await api.copyRecipe({ from: recipe.name, name, ...changes });
      onSaved(saved.name);
    } catch (thrown) {
      // The engine names the field; in its own words, since only it knows what the field takes.
      setProblem(describeThrown(thrown).details);
    } finally {
      setIsSaving(false);
    }
  };
  return (
    <Modal opened onClose={onClose} size="lg" title={copyAs === null ? t('changeTitle') : t('copyTitle')} closeButtonProps={{ 'aria-label': t('cancel') }}>
      <form onSubmit={(event) => { event.preventDefault(); void save(); }}>
        <Group grow align="flex-start">
          <TextInput label={t('name')} description={t('nameHint')} value={name} disabled={copyAs === null} onChange={(event) => setName(event.currentTarget.value)} spellCheck={false} data-autofocus={copyAs !== null} />
          <Select label={t('purpose')} description={t('purposeHint')} data={PURPOSE_ORDER.map((value) => ({ value, label: t(`purposes.${value}`) }))} value={purpose} allowDeselect={false} onChange={(value) => setPurpose(PURPOSE_ORDER.find((one) => one === value) ?? purpose)} />
        </Group>
        <TextInput mt="sm" label={t('titleField')} value={title} onChange={(event) => setTitle(event.currentTarget.value)} />
        <TextInput mt="sm" label={t('description')} value={description} onChange={(event) => setDescription(event.currentTarget.value)} />
        <div className={classes.fields}>
          {options.map((option) => <OptionField key={option.name} option={option} value={set[option.name]} onChange={(text) => setSet((before) => ({ ...before, [option.name]: text }))} />)}
        </div>
        <p className={classes.problem} role="alert">{problem}</p>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" loading={isSaving}>{t('save')}</Button>
        </Group>
      </form>
    </Modal>
  );
}

/** An empty field takes back a value that need not be there. */
function typedValue({ takes }: OptionChoice, text: string): string {
  return text.trim() === '' && takes.includes('null') ? 'null' : text;
}

function OptionField({ option, value, onChange }: { readonly option: OptionChoice; readonly value: string | undefined; readonly onChange: (text: string) => void }) {
  const text = value ?? showValue(option.value);
  if (option.values !== null) return <Select label={option.name} data={option.values} value={text} allowDeselect={false} onChange={(next) => next !== null && onChange(next)} size="xs" />;
  return <TextInput label={option.name} placeholder={option.takes} value={text} onChange={(event) => onChange(event.currentTarget.value)} spellCheck={false} size="xs" />;
}
