CREATE TABLE "tributary"."grants" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"platform" text NOT NULL,
	"environment" text NOT NULL,
	"server" text DEFAULT '' NOT NULL,
	"granted_by" text,
	"scopes" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"credentials" text,
	"sealed_for" text,
	"access_expires_at" timestamp with time zone,
	"refresh_expires_at" timestamp with time zone,
	"refresh_lease_token" text,
	"refresh_lease_until" timestamp with time zone,
	"renew_tries" integer DEFAULT 0 NOT NULL,
	"renew_after" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"created_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "grants_tenant" UNIQUE("workspace_id","id")
);--> statement-breakpoint
DROP INDEX "tributary"."connections_granted";--> statement-breakpoint
ALTER TABLE "tributary"."connection_choices" ALTER COLUMN "credentials" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "tributary"."connection_choices" ADD COLUMN "grant_id" text;--> statement-breakpoint
ALTER TABLE "tributary"."connections" ADD COLUMN "grant_id" text;--> statement-breakpoint
ALTER TABLE "tributary"."grants" ADD CONSTRAINT "grants_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."connection_choices" ADD CONSTRAINT "connection_choices_workspace_id_grant_id_grants_workspace_id_id_fk" FOREIGN KEY ("workspace_id","grant_id") REFERENCES "tributary"."grants"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."connections" ADD CONSTRAINT "connections_workspace_id_grant_id_grants_workspace_id_id_fk" FOREIGN KEY ("workspace_id","grant_id") REFERENCES "tributary"."grants"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- The rows are moved without opening the credentials, by the owner of the tables. db/guards.sql forces row-level security again.
ALTER TABLE "tributary"."connections" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "tributary"."connection_choices" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
-- Accounts that a person granted together have tokens of their own, which stay with them.
INSERT INTO "tributary"."grants" (id, workspace_id, platform, environment, server, granted_by, scopes, created_by, created_at)
SELECT DISTINCT ON (workspace_id, platform, environment, server, coalesce(granted_by, id))
	regexp_replace(id, '^(con_|coc_)?', 'gra_'), workspace_id, platform, environment, server, granted_by, scopes, created_by, created_at
FROM (
	SELECT id, workspace_id, platform, environment, server, granted_by, scopes, created_by, created_at
	FROM "tributary"."connections" WHERE credentials IS NOT NULL AND granted_by IS NOT NULL
	UNION ALL
	SELECT id, workspace_id, platform, environment, server, granted_by, scopes, user_id, created_at FROM "tributary"."connection_choices"
) one
ORDER BY workspace_id, platform, environment, server, coalesce(granted_by, id), created_at DESC, id;--> statement-breakpoint
UPDATE "tributary"."connections" c SET grant_id = g.id
FROM "tributary"."grants" g
WHERE c.credentials IS NOT NULL AND g.workspace_id = c.workspace_id AND g.platform = c.platform AND g.environment = c.environment
	AND g.server = c.server AND g.granted_by = c.granted_by;--> statement-breakpoint
UPDATE "tributary"."connection_choices" c SET grant_id = g.id
FROM "tributary"."grants" g
WHERE g.workspace_id = c.workspace_id AND g.platform = c.platform AND g.environment = c.environment
	AND g.server = c.server
	AND (g.granted_by = c.granted_by OR (c.granted_by IS NULL AND g.id = regexp_replace(c.id, '^(coc_)?', 'gra_')));--> statement-breakpoint
-- Every other account was the only one of its sign-in.
INSERT INTO "tributary"."grants" (id, workspace_id, platform, environment, server, scopes, credentials, sealed_for, access_expires_at,
	refresh_expires_at, refresh_lease_token, refresh_lease_until, renew_tries, renew_after, created_by, created_at)
SELECT regexp_replace(id, '^(con_)?', 'gra_'), workspace_id, platform, environment, server, scopes, credentials, 'connection:' || id,
	access_expires_at, refresh_expires_at, refresh_lease_token, refresh_lease_until, renew_tries, renew_after, created_by, created_at
FROM "tributary"."connections" WHERE credentials IS NOT NULL AND granted_by IS NULL;--> statement-breakpoint
UPDATE "tributary"."connections" SET grant_id = regexp_replace(id, '^(con_)?', 'gra_'), credentials = NULL
WHERE credentials IS NOT NULL AND granted_by IS NULL;--> statement-breakpoint
ALTER TABLE "tributary"."connections" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "tributary"."connection_choices" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "tributary"."connection_choices" ALTER COLUMN "grant_id" SET NOT NULL;--> statement-breakpoint
CREATE INDEX "grants_person" ON "tributary"."grants" USING btree ("platform","granted_by") WHERE granted_by is not null;--> statement-breakpoint
CREATE INDEX "connection_choices_grant" ON "tributary"."connection_choices" USING btree ("workspace_id","grant_id");--> statement-breakpoint
CREATE INDEX "connections_grant" ON "tributary"."connections" USING btree ("workspace_id","grant_id");--> statement-breakpoint
ALTER TABLE "tributary"."connection_choices" DROP COLUMN "platform";--> statement-breakpoint
ALTER TABLE "tributary"."connection_choices" DROP COLUMN "environment";--> statement-breakpoint
ALTER TABLE "tributary"."connection_choices" DROP COLUMN "server";--> statement-breakpoint
ALTER TABLE "tributary"."connection_choices" DROP COLUMN "granted_by";--> statement-breakpoint
ALTER TABLE "tributary"."connection_choices" DROP COLUMN "scopes";--> statement-breakpoint
ALTER TABLE "tributary"."connections" DROP COLUMN "scopes";--> statement-breakpoint
ALTER TABLE "tributary"."connections" DROP COLUMN "granted_by";--> statement-breakpoint
ALTER TABLE "tributary"."connections" DROP COLUMN "access_expires_at";--> statement-breakpoint
ALTER TABLE "tributary"."connections" DROP COLUMN "refresh_expires_at";--> statement-breakpoint
ALTER TABLE "tributary"."connections" DROP COLUMN "refresh_lease_token";--> statement-breakpoint
ALTER TABLE "tributary"."connections" DROP COLUMN "refresh_lease_until";--> statement-breakpoint
ALTER TABLE "tributary"."connections" DROP COLUMN "renew_tries";--> statement-breakpoint
ALTER TABLE "tributary"."connections" DROP COLUMN "renew_after";