import { Menu, Text, TextInput } from '@mantine/core';
import { IconCheck, IconChevronDown, IconLink } from '@tabler/icons-react';
import { useMemo, useState, type ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';
import { useMirror } from '../../store/mirror.ts';
import { describeRecipe, recipeName } from '../../ui/recipes.ts';
import { groupRecipes } from '../recipes/recipe-list.ts';
import classes from './recipe-picker.module.css';

interface Props {
  /** Whose recipes: for screen readers. */
  readonly label: string;
  readonly recipes: readonly string[];
  readonly chosen: readonly string[];
  readonly onChange: (recipes: readonly string[]) => void;
}

/** More than these are not found by looking. */
const SEARCHED_FROM = 12;

/** One recipe by a click, several by their checks. */
export function RecipePicker({ label, recipes, chosen, onChange }: Props) {
  const { t } = useTranslation('intake');
  const [first] = chosen;
  const shown = first === undefined ? t('noRecipe') : chosen.length === 1 ? recipeName(first) : t('severalRecipes', { first: recipeName(first), count: chosen.length - 1 });
  const [isWanted, setIsWanted] = useState(false);
  const [isOpen, setIsOpen] = useState(false);
  const button = { text: shown, label: `${label}: ${shown}` };
  // A menu costs more than the rest of its row, and hardly any is ever opened.
  if (!isWanted) return <Target {...button} aria-haspopup="menu" onClick={() => { setIsWanted(true); setIsOpen(true); }} />;
  return (
    <Menu position="bottom-start" width={340} opened={isOpen} onChange={setIsOpen}>
      <Menu.Target><Target {...button} /></Menu.Target>
      <Menu.Dropdown className={classes.list}><Choices recipes={recipes} chosen={chosen} onChange={onChange} /></Menu.Dropdown>
    </Menu>
  );
}

function Choices({ recipes, chosen, onChange }: Omit<Props, 'label'>) {
  const { t } = useTranslation(['intake', 'recipe-page']);
  const [search, setSearch] = useState('');
  const known = useMirror((mirror) => mirror.recipes);
  const chains = useMirror((mirror) => mirror.chains);
  const groups = useMemo(() => {
    const names = new Set(recipes);
    return groupRecipes([...known, ...chains].filter(({ name }) => names.has(name)), search);
  }, [known, chains, recipes, search]);
  const toggle = (name: string): void => {
    const next = chosen.includes(name) ? chosen.filter((other) => other !== name) : [...chosen, name];
    // Nothing chosen would be a row that does nothing; leaving the file out is another button.
    if (next.length > 0) onChange(next);
  };
  // What is chosen or suggested stands first, and once more in its place.
  const suggested = search === '' ? [...new Set([...chosen, ...recipes.slice(0, 1)])] : [];
  return (
    <>
      {recipes.length > SEARCHED_FROM && <TextInput size="xs" className={classes.search} placeholder={t('recipe-page:search')} aria-label={t('recipe-page:search')} value={search} onChange={(event) => setSearch(event.currentTarget.value)} />}
      {suggested.map((name) => <Choice key={`suggested ${name}`} name={name} isChosen={chosen.includes(name)} onChoose={() => onChange([name])} onToggle={() => toggle(name)} />)}
      {groups.map(({ purpose, recipes: ofPurpose }) => {
        const rest = ofPurpose.filter(({ name }) => !suggested.includes(name));
        return rest.length > 0 && (
          <div key={purpose}>
            <Menu.Label>{t(`recipe-page:purposes.${purpose}`)}</Menu.Label>
            {rest.map(({ name }) => <Choice key={name} name={name} isChosen={chosen.includes(name)} isChain={chains.some((chain) => chain.name === name)} onChoose={() => onChange([name])} onToggle={() => toggle(name)} />)}
          </div>
        );
      })}
      {search !== '' && groups.length === 0 && <Text size="sm" c="dimmed" p="xs">{t('recipe-page:nothingFound')}</Text>}
    </>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly isChosen: boolean;
  readonly isChain?: boolean;
  readonly onChoose: () => void;
  readonly onToggle: () => void;
}

function Choice({ name, isChosen, isChain = false, onChoose, onToggle }: ChoiceProps) {
  const { t } = useTranslation('intake');
  const also = t('alsoRecipe', { recipe: recipeName(name) });
  return (
    <div className={classes.row}>
      <Menu.Item className={classes.choice} onClick={onChoose}>
        <Text size="sm" fw={isChosen ? 600 : 400}>{recipeName(name)}{isChain && <IconLink size={14} className={classes.chain} aria-hidden />}</Text>
        <Text size="xs" c="dimmed">{describeRecipe(name)}</Text>
      </Menu.Item>
      <Menu.CheckboxItem className={classes.check} classNames={{ itemIndicator: classes.indicator ?? '' }} checked={isChosen} onChange={onToggle} aria-label={also} title={also}>
        <span className={classes.box} data-checked={isChosen}>{isChosen && <IconCheck size={14} aria-hidden />}</span>
      </Menu.CheckboxItem>
    </div>
  );
}

function Target({ text, label, ...rest }: { readonly text: string; readonly label: string } & ComponentProps<'button'>) {
  return (
    <button type="button" {...rest} className={classes.target} aria-label={label}>
      <span className={classes.text}>{text}</span>
      <IconChevronDown size={14} aria-hidden />
    </button>
  );
}
