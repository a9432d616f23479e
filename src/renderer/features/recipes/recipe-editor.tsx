import { Button, Group, Modal, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TaskType } from '../../../shared/task.ts';
import { api } from '../../api/window-api.ts';
import { describeRecipe, recipeName } from '../../ui/recipes.ts';
import { describeThrown } from '../../ui/messages.ts';
import { optionLabel } from '../../ui/options.ts';
import { OptionField, typedValue } from './option-field.tsx';
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
  const type = isChain(recipe) ? null : recipe.type;
  const { options } = useOptions(type === null ? null : recipe.name);
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
          {type !== null && options.map((option) => (
            <OptionField
              key={option.name} type={type} option={option} value={set[option.name]} isWrong={wrongOption(problem) === option.name}
              onChange={(text) => setSet((before) => ({ ...before, [option.name]: text }))}
            />
          ))}
        </div>
        <p className={classes.problem} role="alert">{problem !== null && named(problem, type)}</p>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" loading={isSaving}>{t('save')}</Button>
        </Group>
      </form>
    </Modal>
  );
}

/** The engine says which option is wrong by its own name; here it is called by its label. */
const WRONG_OPTION = /\bOption (\w+)(?= can't be)/;

function wrongOption(problem: string | null): string | undefined {
  return WRONG_OPTION.exec(problem ?? '')?.[1];
}

function named(problem: string, type: TaskType | null): string {
  return type === null ? problem : problem.replace(WRONG_OPTION, (_, name: string) => `“${optionLabel(type, name)}”`);
}
