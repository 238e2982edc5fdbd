import { getTranslations } from 'next-intl/server';
import { ProductForm } from '@/components/products/product-form';
import { api } from '@/components/trpc/server';
import { PageHeader } from '@/components/ui/page-header';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';
import { requireViewer } from '@/server/trpc/context';
import { viewerCan } from '@/server/verbs/context';

export const generateMetadata = titled('newProduct');

export default async function NewProductPage() {
  const [viewer, caller, t] = await Promise.all([requireViewer(), api(), getTranslations('products')]);
  const workspace = await caller.workspace.get();
  return (
    <ClientWords of={['products', 'files']}>
      <PageHeader
        title={t('new.title')}
        description={t('new.description')}
        back={{ href: '/products', label: t('detail.back') }}
      />
      <ProductForm
        product={null}
        currency={workspace.reportingCurrency}
        canWrite={viewerCan(viewer, 'products.write')}
      />
    </ClientWords>
  );
}
