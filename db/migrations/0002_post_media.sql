CREATE TABLE "publication_media" (
	"workspace_id" text NOT NULL,
	"publication_id" text NOT NULL,
	"position" integer NOT NULL,
	"file_id" text NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"bytes_sent" integer DEFAULT 0 NOT NULL,
	"percent" integer,
	"progress" jsonb,
	"remote_id" text,
	"expires_at" timestamp with time zone,
	"check_at" timestamp with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"restarts" integer DEFAULT 0 NOT NULL,
	"problem" text,
	"started_at" timestamp with time zone,
	"lease_token" text,
	"lease_until" timestamp with time zone,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "publication_media_publication_id_position_pk" PRIMARY KEY("publication_id","position")
);
--> statement-breakpoint
CREATE TABLE "sandbox"."media" (
	"id" text PRIMARY KEY NOT NULL,
	"platform" text NOT NULL,
	"account_id" text NOT NULL,
	"kind" text NOT NULL,
	"content_type" text NOT NULL,
	"total_bytes" integer NOT NULL,
	"alt_text" text DEFAULT '' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"finalized_at" timestamp (3) with time zone,
	"process_seconds" integer DEFAULT 0 NOT NULL,
	"process_fails" boolean DEFAULT false NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"post_id" text,
	"position" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sandbox"."media_parts" (
	"media_id" text NOT NULL,
	"part" integer NOT NULL,
	"bytes" integer NOT NULL,
	"content" text,
	CONSTRAINT "media_parts_media_id_part_pk" PRIMARY KEY("media_id","part")
);
--> statement-breakpoint
ALTER TABLE "publications" ADD COLUMN "media" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "publications" ADD COLUMN "media_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "variants" ADD COLUMN "media" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "files" ADD COLUMN "kind" text;--> statement-breakpoint
ALTER TABLE "files" ADD COLUMN "width" integer;--> statement-breakpoint
ALTER TABLE "files" ADD COLUMN "height" integer;--> statement-breakpoint
ALTER TABLE "files" ADD COLUMN "duration_ms" integer;--> statement-breakpoint
ALTER TABLE "files" ADD COLUMN "frames" integer;--> statement-breakpoint
ALTER TABLE "files" ADD COLUMN "still_key" text;--> statement-breakpoint
ALTER TABLE "files" ADD COLUMN "still_bytes" integer;--> statement-breakpoint
ALTER TABLE "files" ADD COLUMN "unused_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "publication_media" ADD CONSTRAINT "publication_media_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "publication_media" ADD CONSTRAINT "publication_media_workspace_id_publication_id_publications_workspace_id_id_fk" FOREIGN KEY ("workspace_id","publication_id") REFERENCES "public"."publications"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "publication_media" ADD CONSTRAINT "publication_media_workspace_id_file_id_files_workspace_id_id_fk" FOREIGN KEY ("workspace_id","file_id") REFERENCES "public"."files"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "publication_media_file" ON "publication_media" USING btree ("file_id");--> statement-breakpoint
CREATE INDEX "sandbox_media_post" ON "sandbox"."media" USING btree ("post_id");--> statement-breakpoint
CREATE INDEX "publications_media" ON "publications" USING btree ("due_at") WHERE media_until is not null and state in ('scheduled','queued');--> statement-breakpoint
CREATE UNIQUE INDEX "files_media_once" ON "files" USING btree ("workspace_id","sha256") WHERE kind is not null;--> statement-breakpoint
CREATE INDEX "files_unused" ON "files" USING btree ("workspace_id","unused_since") WHERE unused_since is not null;--> statement-breakpoint
CREATE INDEX "files_content" ON "files" USING btree ("storage_key");--> statement-breakpoint
CREATE INDEX "files_still" ON "files" USING btree ("still_key") WHERE still_key is not null;