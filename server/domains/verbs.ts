import {
  cancelEmailChange,
  pendingEmail,
  requestEmailChange,
  resendEmailChange,
} from './accounts/change-email';
import { changePassword } from './accounts/change-password';
import { me } from './accounts/me';
import { listSessions } from './accounts/queries';
import { revokeOtherSessions, revokeSession } from './accounts/revoke-session';
import { resendVerification } from './accounts/verify-email';
import { listAlerts } from './alerts/queries';
import { resolveAlertById } from './alerts/resolve-alert';
import { decideApproval } from './approvals/decide-approval';
import { listApprovals } from './approvals/queries';
import { confirmCheckout, confirmPortal } from './billing/confirm-checkout';
import { listPayments } from './billing/list-payments';
import { openPortal } from './billing/open-portal';
import { readSummary } from './billing/queries';
import { cancelSubscription, resumeSubscription } from './billing/set-cancellation';
import { startCheckout } from './billing/start-checkout';
import { listUnreadEvents } from './billing/unread-events';
import { checkConnection } from './connections/check-connection';
import { chooseAccounts } from './connections/choose-accounts';
import { disconnect } from './connections/disconnect';
import { dropChoice } from './connections/drop-choice';
import { findMoreAccounts } from './connections/find-more-accounts';
import { listChoices, listOptions } from './connections/options';
import { availablePlatforms, listConnections, openChoice } from './connections/queries';
import { signInWithFields } from './connections/sign-in';
import { startConnection } from './connections/start-connection';
import { getDefaultFollowUpRule, saveDefaultFollowUpRule } from './follow-up-rules/default-follow-up-rule';
import { setFollowUpRule } from './follow-ups/set-follow-up-rule';
import { previewTopic } from './generation/preview-topic';
import { generationStatus } from './generation/queries';
import { overview, shell } from './home/queries';
import { getTransaction } from './ledger/get-transaction';
import { monthReport } from './ledger/month-report';
import { balances, listTransactions } from './ledger/queries';
import { requestDelist, retryListing } from './listings/change-listing';
import { drawPicture } from './listings/pictures';
import { getListing, listListings } from './listings/queries';
import { requestListing } from './listings/request-listing';
import { completeStep } from './onboarding/complete-step';
import { getOnboarding } from './onboarding/queries';
import { saveAutomation } from './onboarding/save-automation';
import { changeSeries } from './planning/change-series';
import { addSlots, changeSlot, copySlots, removeSlots } from './planning/change-slots';
import { createSeries } from './planning/create-series';
import { endSeries } from './planning/end-series';
import { listEvergreen, removeEvergreen, setEvergreen } from './planning/evergreen';
import { getSeries, listSeries } from './planning/list-series';
import { getQueue, nextSlots, planCalendar } from './planning/queue';
import { reorderQueue } from './planning/reorder-queue';
import { reschedulePublication } from './planning/reschedule-publication';
import { schedulePublications } from './planning/schedule-publications';
import { getMissed, getPlan, saveMissed } from './planning/settings';
import { removePost } from './post-edits/remove-post';
import { updatePost } from './post-edits/update-post';
import { pausePosting } from './posting-control/pause-posting';
import { getPosting } from './posting-control/queries';
import { startPosting } from './posting-control/start-posting';
import { stopEverything } from './posting-control/stop-everything';
import { stopPosting } from './posting-control/stop-posting';
import { undoStop } from './posting-control/undo-stop';
import { createPost } from './posts/create-post';
import { listPosts } from './posts/queries';
import { checkLinks } from './preflight/check-links';
import { checkSchedule } from './preflight/check-schedule';
import { listPriceChanges, listRules } from './pricing/queries';
import { requestPriceChange } from './pricing/request-price-change';
import { removeRule, saveRule } from './pricing/save-rule';
import { archiveProduct, restoreProduct } from './products/archive-product';
import { createProduct } from './products/create-product';
import { getProduct, listProducts } from './products/queries';
import { updateProduct } from './products/update-product';
import { resolveUnknown } from './publication-recovery/resolve-unknown';
import { retryPublication } from './publication-recovery/retry-publication';
import { cancelPublication } from './publications/cancel-publication';
import { getPostDetail } from './publications/get-post-detail';
import { getPublication, listPublications } from './publications/queries';
import { getRun, listRuns, listSystemRuns } from './runs/queries';
import { listEntries } from './sales/list-unattributed';
import { listSales, syncStatus } from './sales/queries';
import { requestSync } from './sales/request-sync';
import { attributeEntry, leaveEntry, takeBackEntry } from './sales/settle-line';
import { completeAction } from './todo/complete-action';
import { dismissAction } from './todo/dismiss-action';
import { listTodo } from './todo/queries';
import { chooseTopics } from './topics/choose-topics';
import { listTopics } from './topics/queries';
import { retryMedia } from './uploads/retry-media';
import { getWorkspace } from './workspaces/queries';
import { updateWorkspace } from './workspaces/update-workspace';

/** Every verb that takes and returns JSON for a signed-in user, under the name by which adapters call it. The others are in stream-verbs.ts and visitor-verbs.ts. */
export const verbs = {
  account: {
    me,
    sessions: listSessions,
    revokeSession,
    revokeOtherSessions,
    changePassword,
    changeEmail: requestEmailChange,
    pendingEmail,
    cancelEmailChange,
    resendEmailChange,
    resendVerification,
  },
  workspace: {
    get: getWorkspace,
    update: updateWorkspace,
  },
  onboarding: {
    get: getOnboarding,
    completeStep,
    saveAutomation,
  },
  billing: {
    summary: readSummary,
    checkout: startCheckout,
    confirm: confirmCheckout,
    confirmPortal,
    portal: openPortal,
    cancel: cancelSubscription,
    payments: listPayments,
    unreadEvents: listUnreadEvents,
    resume: resumeSubscription,
  },
  connections: {
    list: listConnections,
    available: availablePlatforms,
    start: startConnection,
    signIn: signInWithFields,
    choice: openChoice,
    choose: chooseAccounts,
    dropChoice,
    more: findMoreAccounts,
    disconnect,
    check: checkConnection,
    options: listOptions,
    choices: listChoices,
  },
  topics: {
    list: listTopics,
    choose: chooseTopics,
    preview: previewTopic,
  },
  posts: {
    create: createPost,
    update: updatePost,
    get: getPostDetail,
    list: listPosts,
    remove: removePost,
  },
  publications: {
    schedule: schedulePublications,
    check: checkSchedule,
    checkLinks,
    reschedule: reschedulePublication,
    cancel: cancelPublication,
    setFollowUpRule,
    retry: retryPublication,
    retryMedia,
    resolveUnknown,
    list: listPublications,
    get: getPublication,
  },
  autoPosting: {
    get: getPosting,
    pause: pausePosting,
    start: startPosting,
    stop: stopPosting,
    undoStop,
    emergencyStop: stopEverything,
  },
  planning: {
    plan: getPlan,
    addSlots,
    removeSlots,
    changeSlot,
    copySlots,
    nextSlots,
    queue: getQueue,
    reorder: reorderQueue,
    calendar: planCalendar,
    missed: getMissed,
    saveMissed,
    followUpRule: getDefaultFollowUpRule,
    saveFollowUpRule: saveDefaultFollowUpRule,
    createSeries,
    changeSeries,
    endSeries,
    series: listSeries,
    getSeries,
    evergreen: listEvergreen,
    setEvergreen,
    removeEvergreen,
  },
  approvals: {
    list: listApprovals,
    decide: decideApproval,
  },
  todo: {
    list: listTodo,
    complete: completeAction,
    dismiss: dismissAction,
  },
  generation: {
    status: generationStatus,
  },
  products: {
    list: listProducts,
    get: getProduct,
    create: createProduct,
    update: updateProduct,
    archive: archiveProduct,
    restore: restoreProduct,
  },
  listings: {
    list: listListings,
    get: getListing,
    create: requestListing,
    drawPicture,
    retry: retryListing,
    delist: requestDelist,
  },
  pricing: {
    rules: listRules,
    changes: listPriceChanges,
    saveRule,
    removeRule,
    changePrice: requestPriceChange,
  },
  sales: {
    list: listSales,
    syncStatus,
    sync: requestSync,
    entries: listEntries,
    attributeEntry,
    leaveEntry,
    takeBackEntry,
  },
  ledger: {
    list: listTransactions,
    get: getTransaction,
    balances,
    report: monthReport,
  },
  runs: {
    list: listRuns,
    get: getRun,
    system: listSystemRuns,
  },
  home: {
    shell,
    overview,
  },
  alerts: {
    list: listAlerts,
    resolve: resolveAlertById,
  },
} as const;
