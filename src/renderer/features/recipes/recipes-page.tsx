import { Button, Text, TextInput, Title } from '@mantine/core';
import { IconFileImport, IconLink, IconSearch } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/window-api.ts';
import { useMirror } from '../../store/mirror.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { describeRecipe, recipeName } from '../../ui/recipes.ts';
import { TypeIcon } from '../../ui/type-icon.tsx';
import { describeThrown } from '../../ui/messages.ts';
import { attempt, toast } from '../../ui/toast.ts';
import { RecipeDetail } from './recipe-detail.tsx';
import { groupRecipes, isChain, type Listed } from './recipe-list.ts';
import { askRecipeText } from './recipe-files.ts';
import { RefusedFiles } from './refused-files.tsx';
import classes from './recipes-page.module.css';

/** Every recipe by what it is for, and one of them in full. */
export function RecipesPage() {
  const { t } = useTranslation('recipe-page');
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const recipes = useMirror((mirror) => mirror.recipes);
  const chains = useMirror((mirror) => mirror.chains);
  const all = useMemo<readonly Listed[]>(() => [...recipes, ...chains], [recipes, chains]);
  const groups = useMemo(() => groupRecipes(all, search), [all, search]);
  const open = all.find(({ name }) => name === chosen) ?? groups[0]?.recipes[0];
  const [problem, setProblem] = useState<string | null>(null);
  const takeIn = (): void => attempt(async () => {
    const text = await askRecipeText();
    if (text === null) return;
    setProblem(null);
    try {
      const { name } = await api.importRecipe({ text });
      setChosen(name);
      toast.done(t('imported', { name }));
    } catch (thrown) {
      // Which field is wrong is said by the engine alone, in its own words.
      setProblem(describeThrown(thrown).details);
    }
  });
  return (
    <>
      <PageHeader title={t('title')}>
        <TextInput type="search" placeholder={t('search')} aria-label={t('search')} value={search} onChange={(event) => setSearch(event.currentTarget.value)} leftSection={<IconSearch size={16} aria-hidden />} size="sm" />
        <Button variant="default" size="sm" leftSection={<IconFileImport size={16} aria-hidden />} onClick={takeIn}>{t('import')}</Button>
      </PageHeader>
      <div className={classes.body}>
        <nav className={classes.list} aria-label={t('listLabel')}>
          {problem !== null && <p className={classes.refused} role="alert">{problem}</p>}
          <RefusedFiles />
          {groups.length === 0 && <Text size="sm" c="dimmed" p="md">{t('nothingFound')}</Text>}
          {groups.map(({ purpose, recipes: ofPurpose }) => (
            <section key={purpose} aria-labelledby={`recipes-${purpose}`}>
              <Title order={2} id={`recipes-${purpose}`} className={classes.heading}>{t(`purposes.${purpose}`)}</Title>
              {ofPurpose.map((one) => <Entry key={one.name} recipe={one} isOpen={one.name === open?.name} onOpen={() => setChosen(one.name)} />)}
            </section>
          ))}
        </nav>
        {open !== undefined && <RecipeDetail key={open.name} recipe={open} all={all} onShow={setChosen} />}
      </div>
    </>
  );
}

function Entry({ recipe, isOpen, onOpen }: { readonly recipe: Listed; readonly isOpen: boolean; readonly onOpen: () => void }) {
  const { t } = useTranslation('recipe-page');
  return (
    <button type="button" className={classes.entry} aria-current={isOpen ? 'true' : undefined} onClick={onOpen}>
      {isChain(recipe) ? <IconLink size={18} stroke={1.6} aria-hidden /> : <TypeIcon type={recipe.type} />}
      <span className={classes.words}>
        <span className={classes.name}>{recipeName(recipe.name)}{recipe.isOwn && <span className={classes.own}>{t('own')}</span>}</span>
        <span className={classes.what}>{describeRecipe(recipe.name)}</span>
      </span>
    </button>
  );
}
