CREATE TABLE alembic_version (
  version_num VARCHAR(32) NOT NULL
  CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
)

CREATE TABLE appeals (
  id INTEGER NOT NULL
  at DATETIME NOT NULL
  decision_id INTEGER NOT NULL
  author_id INTEGER NOT NULL
  text TEXT NOT NULL
  outcome VARCHAR(20)
  answer TEXT
  decided_at DATETIME
  decided_by_id INTEGER
  CONSTRAINT fk_appeals_author_id_users FOREIGN KEY(author_id) REFERENCES users (id)
  CONSTRAINT fk_appeals_decided_by_id_users FOREIGN KEY(decided_by_id) REFERENCES users (id)
  CONSTRAINT fk_appeals_decision_id_decisions FOREIGN KEY(decision_id) REFERENCES decisions (id)
  CONSTRAINT pk_appeals PRIMARY KEY (id)
  CONSTRAINT uq_appeals_decision_id UNIQUE (decision_id)
)

CREATE INDEX ix_appeals_at ON appeals (at)

CREATE INDEX ix_appeals_author_id ON appeals (author_id)

CREATE INDEX ix_appeals_outcome ON appeals (outcome)

CREATE TABLE article_revisions (
  id INTEGER NOT NULL
  article_id INTEGER NOT NULL
  number INTEGER NOT NULL
  document TEXT NOT NULL
  stored_at DATETIME NOT NULL
  by_id INTEGER
  CONSTRAINT fk_article_revisions_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id)
  CONSTRAINT fk_article_revisions_by_id_users FOREIGN KEY(by_id) REFERENCES users (id)
  CONSTRAINT pk_article_revisions PRIMARY KEY (id)
  CONSTRAINT uq_article_revisions_article_id_number UNIQUE (article_id, number)
)

CREATE TABLE "articles" (
  id INTEGER NOT NULL
  slug VARCHAR(100) NOT NULL
  title VARCHAR(300) NOT NULL
  standfirst TEXT
  body TEXT NOT NULL
  html TEXT NOT NULL
  words INTEGER NOT NULL
  status VARCHAR(20) NOT NULL
  published_at DATETIME
  updated_at DATETIME
  publish_at DATETIME
  lang VARCHAR(35) NOT NULL
  image_src VARCHAR(500)
  image_alt VARCHAR(500)
  image_credit VARCHAR(200)
  stored_at DATETIME NOT NULL
  revision INTEGER NOT NULL
  characters INTEGER DEFAULT '0' NOT NULL
  changed_at DATETIME
  "key" VARCHAR(100) NOT NULL
  file VARCHAR(1000)
  was_public BOOLEAN NOT NULL
  placed_at DATETIME NOT NULL
  CONSTRAINT pk_articles PRIMARY KEY (id)
  CONSTRAINT uq_articles_key UNIQUE ("key")
  CONSTRAINT uq_articles_slug UNIQUE (slug)
)

CREATE INDEX ix_articles_file ON articles (file)

CREATE INDEX ix_articles_placed_at ON articles (placed_at, id, status, publish_at)

CREATE TABLE authors (
  id INTEGER NOT NULL
  slug VARCHAR(100) NOT NULL
  name VARCHAR(100) NOT NULL
  CONSTRAINT pk_authors PRIMARY KEY (id)
  CONSTRAINT uq_authors_slug UNIQUE (slug)
)

CREATE TABLE bylines (
  article_id INTEGER NOT NULL
  author_id INTEGER NOT NULL
  position INTEGER NOT NULL
  CONSTRAINT fk_bylines_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id)
  CONSTRAINT fk_bylines_author_id_authors FOREIGN KEY(author_id) REFERENCES authors (id)
  CONSTRAINT pk_bylines PRIMARY KEY (article_id, author_id)
)

CREATE INDEX ix_bylines_author_id ON bylines (author_id)

CREATE TABLE citations (
  article_id INTEGER NOT NULL
  claim_id INTEGER NOT NULL
  position INTEGER NOT NULL
  at TEXT
  CONSTRAINT fk_citations_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id)
  CONSTRAINT fk_citations_claim_id_claims FOREIGN KEY(claim_id) REFERENCES claims (id)
  CONSTRAINT pk_citations PRIMARY KEY (article_id, claim_id)
)

CREATE INDEX ix_citations_claim_id ON citations (claim_id)

CREATE TABLE "claims" (
  id INTEGER NOT NULL
  slug VARCHAR(100) NOT NULL
  article_id INTEGER NOT NULL
  text TEXT NOT NULL
  short VARCHAR(75)
  about VARCHAR(20)
  claimant_name VARCHAR(200)
  claimant_url VARCHAR(2000)
  unsourced BOOLEAN NOT NULL
  verdict VARCHAR(20) NOT NULL
  why TEXT
  version INTEGER NOT NULL
  checked_at DATETIME
  checked_by_id INTEGER
  comments INTEGER NOT NULL
  said JSON NOT NULL
  checked_by_name VARCHAR(200)
  listed_at DATETIME NOT NULL
  CONSTRAINT fk_claims_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id)
  CONSTRAINT fk_claims_checked_by_id_users FOREIGN KEY(checked_by_id) REFERENCES users (id)
  CONSTRAINT pk_claims PRIMARY KEY (id)
  CONSTRAINT uq_claims_slug UNIQUE (slug)
)

CREATE INDEX ix_claims_article_id ON claims (article_id)

CREATE INDEX ix_claims_listed_at_id ON claims (listed_at, id)

CREATE INDEX ix_claims_verdict_listed_at_id ON claims (verdict, listed_at, id)

CREATE TABLE comment_revisions (
  comment_id INTEGER NOT NULL
  number INTEGER NOT NULL
  body TEXT NOT NULL
  at DATETIME NOT NULL
  CONSTRAINT fk_comment_revisions_comment_id_comments FOREIGN KEY(comment_id) REFERENCES comments (id)
  CONSTRAINT pk_comment_revisions PRIMARY KEY (comment_id, number)
)

CREATE TABLE comments (
  id INTEGER NOT NULL
  article_id INTEGER NOT NULL
  author_id INTEGER NOT NULL
  submission_id VARCHAR(36) NOT NULL
  parent_id INTEGER
  under_id INTEGER
  root_id INTEGER
  depth INTEGER NOT NULL
  nth INTEGER NOT NULL
  folded BOOLEAN NOT NULL
  replies INTEGER NOT NULL
  claim_id INTEGER
  verdict VARCHAR(20)
  state VARCHAR(20) NOT NULL
  body TEXT NOT NULL
  html TEXT NOT NULL
  revision INTEGER NOT NULL
  created_at DATETIME NOT NULL
  edited_at DATETIME
  changed_seq BIGINT NOT NULL
  recommendations INTEGER DEFAULT '0' NOT NULL
  reviewed INTEGER DEFAULT '0' NOT NULL
  CONSTRAINT fk_comments_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id)
  CONSTRAINT fk_comments_author_id_users FOREIGN KEY(author_id) REFERENCES users (id)
  CONSTRAINT fk_comments_claim_id_claims FOREIGN KEY(claim_id) REFERENCES claims (id)
  CONSTRAINT fk_comments_parent_id_comments FOREIGN KEY(parent_id) REFERENCES comments (id)
  CONSTRAINT fk_comments_root_id_comments FOREIGN KEY(root_id) REFERENCES comments (id)
  CONSTRAINT fk_comments_under_id_comments FOREIGN KEY(under_id) REFERENCES comments (id)
  CONSTRAINT pk_comments PRIMARY KEY (id)
  CONSTRAINT uq_comments_author_id_submission_id UNIQUE (author_id, submission_id)
)

CREATE INDEX ix_comments_article_id_id ON comments (article_id, id)

CREATE INDEX ix_comments_article_id_under_id_id ON comments (article_id, under_id, id)

CREATE INDEX ix_comments_author_id_id ON comments (author_id, id)

CREATE INDEX ix_comments_author_id_state ON comments (author_id, state)

CREATE INDEX ix_comments_claim_id_id ON comments (claim_id, id) WHERE claim_id IS NOT NULL

CREATE INDEX ix_comments_held ON comments (id) WHERE state = 'held'

CREATE INDEX ix_comments_root_id_folded ON comments (root_id, folded) WHERE root_id IS NOT NULL

CREATE INDEX ix_comments_top_by_claim ON comments (article_id, claim_id, id) WHERE under_id IS NULL AND claim_id IS NOT NULL

CREATE INDEX ix_comments_top_by_claim_recommendations ON comments (article_id, claim_id, recommendations, id) WHERE under_id IS NULL AND claim_id IS NOT NULL

CREATE INDEX ix_comments_top_by_recommendations ON comments (article_id, recommendations, id) WHERE under_id IS NULL

CREATE INDEX ix_comments_under_id_nth ON comments (under_id, nth) WHERE under_id IS NOT NULL

CREATE INDEX ix_comments_unreviewed ON comments (id) WHERE state = 'published' AND reviewed < revision

CREATE TABLE "corrections" (
  id INTEGER NOT NULL
  article_id INTEGER NOT NULL
  position INTEGER NOT NULL
  kind VARCHAR(20) NOT NULL
  text TEXT NOT NULL
  at DATETIME
  claim_id INTEGER
  version INTEGER
  placed_at DATETIME NOT NULL
  CONSTRAINT fk_corrections_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id)
  CONSTRAINT fk_corrections_claim_id_claims FOREIGN KEY(claim_id) REFERENCES claims (id)
  CONSTRAINT pk_corrections PRIMARY KEY (id)
)

CREATE INDEX ix_corrections_article_id_position ON corrections (article_id, position)

CREATE INDEX ix_corrections_placed_at_id ON corrections (placed_at, id)

CREATE TABLE "decisions" (
  id INTEGER NOT NULL
  at DATETIME NOT NULL
  actor_id INTEGER
  actor_role VARCHAR(20) NOT NULL
  action VARCHAR(20) NOT NULL
  reason VARCHAR(20)
  note TEXT
  article_id INTEGER
  comment_id INTEGER
  revision INTEGER
  person_id INTEGER
  until DATETIME
  "before" VARCHAR(20)
  undoes_id INTEGER
  measure_id INTEGER
  subject_id INTEGER
  CONSTRAINT fk_decisions_actor_id_users FOREIGN KEY(actor_id) REFERENCES users (id)
  CONSTRAINT fk_decisions_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id)
  CONSTRAINT fk_decisions_comment_id_comments FOREIGN KEY(comment_id) REFERENCES comments (id)
  CONSTRAINT fk_decisions_measure_id_measures FOREIGN KEY(measure_id) REFERENCES measures (id)
  CONSTRAINT fk_decisions_person_id_users FOREIGN KEY(person_id) REFERENCES users (id)
  CONSTRAINT fk_decisions_subject_id_users FOREIGN KEY(subject_id) REFERENCES users (id)
  CONSTRAINT fk_decisions_undoes_id_decisions FOREIGN KEY(undoes_id) REFERENCES decisions (id)
  CONSTRAINT pk_decisions PRIMARY KEY (id)
  CONSTRAINT uq_decisions_undoes_id UNIQUE (undoes_id)
)

CREATE INDEX ix_decisions_actor_id_id ON decisions (actor_id, id)

CREATE INDEX ix_decisions_article_id ON decisions (article_id)

CREATE INDEX ix_decisions_at ON decisions (at, action, reason, actor_id)

CREATE INDEX ix_decisions_comment_id ON decisions (comment_id)

CREATE INDEX ix_decisions_measure_id ON decisions (measure_id)

CREATE INDEX ix_decisions_person_id ON decisions (person_id)

CREATE INDEX ix_decisions_removals ON decisions (id) WHERE action = 'remove'

CREATE INDEX ix_decisions_subject_id_id ON decisions (subject_id, id)

CREATE TABLE events (
  stream VARCHAR(64) NOT NULL
  seq BIGINT NOT NULL
  kind VARCHAR(40) NOT NULL
  target VARCHAR(100) NOT NULL
  actor_id INTEGER
  at DATETIME NOT NULL
  CONSTRAINT fk_events_stream_streams FOREIGN KEY(stream) REFERENCES streams (name)
  CONSTRAINT pk_events PRIMARY KEY (stream, seq)
) WITHOUT ROWID 

CREATE TABLE fact_reports (
  id INTEGER NOT NULL
  at DATETIME NOT NULL
  reporter_id INTEGER NOT NULL
  comment_id INTEGER NOT NULL
  revision INTEGER NOT NULL
  article_id INTEGER NOT NULL
  claim_id INTEGER
  note TEXT
  seen_at DATETIME
  seen_by_id INTEGER
  answer TEXT
  answered_at DATETIME
  answered_by_id INTEGER
  CONSTRAINT fk_fact_reports_answered_by_id_users FOREIGN KEY(answered_by_id) REFERENCES users (id)
  CONSTRAINT fk_fact_reports_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id)
  CONSTRAINT fk_fact_reports_claim_id_claims FOREIGN KEY(claim_id) REFERENCES claims (id)
  CONSTRAINT fk_fact_reports_comment_id_comments FOREIGN KEY(comment_id) REFERENCES comments (id)
  CONSTRAINT fk_fact_reports_reporter_id_users FOREIGN KEY(reporter_id) REFERENCES users (id)
  CONSTRAINT fk_fact_reports_seen_by_id_users FOREIGN KEY(seen_by_id) REFERENCES users (id)
  CONSTRAINT pk_fact_reports PRIMARY KEY (id)
  CONSTRAINT uq_fact_reports_comment_id_revision_reporter_id UNIQUE (comment_id, revision, reporter_id)
)

CREATE INDEX ix_fact_reports_answered_at_id ON fact_reports (answered_at, id)

CREATE INDEX ix_fact_reports_article_id ON fact_reports (article_id)

CREATE INDEX ix_fact_reports_claim_id ON fact_reports (claim_id)

CREATE INDEX ix_fact_reports_reporter_id ON fact_reports (reporter_id)

CREATE TABLE findings (
  comment_id INTEGER NOT NULL
  revision INTEGER NOT NULL
  rule VARCHAR(20) NOT NULL
  outcome VARCHAR(20) NOT NULL
  words TEXT NOT NULL
  waits BOOLEAN DEFAULT 0 NOT NULL
  CONSTRAINT fk_findings_comment_id_comments FOREIGN KEY(comment_id) REFERENCES comments (id)
  CONSTRAINT pk_findings PRIMARY KEY (comment_id, revision, rule)
)

CREATE INDEX ix_findings_waiting ON findings (comment_id) WHERE waits

CREATE TABLE follows (
  person_id INTEGER NOT NULL
  stream VARCHAR(64) NOT NULL
  since DATETIME NOT NULL
  CONSTRAINT fk_follows_person_id_users FOREIGN KEY(person_id) REFERENCES users (id)
  CONSTRAINT pk_follows PRIMARY KEY (person_id, stream)
)

CREATE INDEX ix_follows_stream ON follows (stream)

CREATE TABLE former_slugs (
  slug VARCHAR(100) NOT NULL
  article_id INTEGER NOT NULL
  CONSTRAINT fk_former_slugs_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id)
  CONSTRAINT pk_former_slugs PRIMARY KEY (slug)
)

CREATE INDEX ix_former_slugs_article_id ON former_slugs (article_id)

CREATE TABLE listed_words (
  name VARCHAR(20) NOT NULL
  words TEXT NOT NULL
  version INTEGER NOT NULL
  CONSTRAINT pk_listed_words PRIMARY KEY (name)
)

CREATE TABLE login_sessions (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT
  user_id INTEGER NOT NULL
  token_hash VARCHAR(64) NOT NULL
  remember BOOLEAN NOT NULL
  user_agent VARCHAR(300) NOT NULL
  created_at DATETIME NOT NULL
  seen_at DATETIME NOT NULL
  expires_at DATETIME NOT NULL
  CONSTRAINT fk_login_sessions_user_id_users FOREIGN KEY(user_id) REFERENCES users (id)
  CONSTRAINT uq_login_sessions_token_hash UNIQUE (token_hash)
)

CREATE INDEX ix_login_sessions_user_id ON login_sessions (user_id)

CREATE TABLE mail_choices (
  person_id INTEGER NOT NULL
  subject VARCHAR(20) NOT NULL
  pace VARCHAR(20) NOT NULL
  CONSTRAINT fk_mail_choices_person_id_users FOREIGN KEY(person_id) REFERENCES users (id)
  CONSTRAINT pk_mail_choices PRIMARY KEY (person_id, subject)
)

CREATE TABLE mails (
  id INTEGER NOT NULL
  person_id INTEGER NOT NULL
  created_at DATETIME NOT NULL
  due_at DATETIME
  attempts INTEGER NOT NULL
  sent_at DATETIME
  fault VARCHAR(200)
  CONSTRAINT fk_mails_person_id_users FOREIGN KEY(person_id) REFERENCES users (id)
  CONSTRAINT pk_mails PRIMARY KEY (id)
)

CREATE INDEX ix_mails_due_at ON mails (due_at)

CREATE TABLE "measures" (
  id INTEGER NOT NULL
  person_id INTEGER NOT NULL
  kind VARCHAR(20) NOT NULL
  reason VARCHAR(20)
  words TEXT
  at DATETIME NOT NULL
  until DATETIME
  by_id INTEGER NOT NULL
  ended_at DATETIME
  seen_at DATETIME
  replaces_id INTEGER
  clearing VARCHAR(10)
  CONSTRAINT fk_measures_by_id_users FOREIGN KEY(by_id) REFERENCES users (id)
  CONSTRAINT fk_measures_person_id_users FOREIGN KEY(person_id) REFERENCES users (id)
  CONSTRAINT fk_measures_replaces_id_measures FOREIGN KEY(replaces_id) REFERENCES measures (id)
  CONSTRAINT pk_measures PRIMARY KEY (id)
)

CREATE INDEX ix_measures_clearing ON measures (clearing)

CREATE INDEX ix_measures_person_id ON measures (person_id)

CREATE TABLE mentions (
  comment_id INTEGER NOT NULL
  user_id INTEGER NOT NULL
  CONSTRAINT fk_mentions_comment_id_comments FOREIGN KEY(comment_id) REFERENCES comments (id)
  CONSTRAINT fk_mentions_user_id_users FOREIGN KEY(user_id) REFERENCES users (id)
  CONSTRAINT pk_mentions PRIMARY KEY (comment_id, user_id)
)

CREATE TABLE mutes (
  person_id INTEGER NOT NULL
  muted_id INTEGER NOT NULL
  at DATETIME NOT NULL
  CONSTRAINT fk_mutes_muted_id_users FOREIGN KEY(muted_id) REFERENCES users (id)
  CONSTRAINT fk_mutes_person_id_users FOREIGN KEY(person_id) REFERENCES users (id)
  CONSTRAINT pk_mutes PRIMARY KEY (person_id, muted_id)
)

CREATE INDEX ix_mutes_muted_id ON mutes (muted_id)

CREATE TABLE noticed (
  stream VARCHAR(64) NOT NULL
  seq BIGINT NOT NULL
  CONSTRAINT pk_noticed PRIMARY KEY (stream)
)

CREATE TABLE notifications (
  id INTEGER NOT NULL
  person_id INTEGER NOT NULL
  subject VARCHAR(20) NOT NULL
  stream VARCHAR(64) NOT NULL
  seq BIGINT NOT NULL
  event VARCHAR(40) NOT NULL
  actor_id INTEGER
  article_id INTEGER
  comment_id INTEGER
  claim_id INTEGER
  count INTEGER NOT NULL
  at DATETIME NOT NULL
  read_at DATETIME
  mail_at DATETIME
  mail_id INTEGER
  CONSTRAINT fk_notifications_actor_id_users FOREIGN KEY(actor_id) REFERENCES users (id)
  CONSTRAINT fk_notifications_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id)
  CONSTRAINT fk_notifications_claim_id_claims FOREIGN KEY(claim_id) REFERENCES claims (id)
  CONSTRAINT fk_notifications_comment_id_comments FOREIGN KEY(comment_id) REFERENCES comments (id)
  CONSTRAINT fk_notifications_mail_id_mails FOREIGN KEY(mail_id) REFERENCES mails (id)
  CONSTRAINT fk_notifications_person_id_users FOREIGN KEY(person_id) REFERENCES users (id)
  CONSTRAINT pk_notifications PRIMARY KEY (id)
  CONSTRAINT uq_notifications_person_id_stream_seq UNIQUE (person_id, stream, seq)
)

CREATE INDEX ix_notifications_comment_id ON notifications (comment_id)

CREATE INDEX ix_notifications_mail_id ON notifications (mail_id)

CREATE INDEX ix_notifications_person_id_id ON notifications (person_id, id)

CREATE INDEX ix_notifications_to_mail ON notifications (mail_at) WHERE mail_at IS NOT NULL

CREATE INDEX ix_notifications_unread ON notifications (person_id) WHERE read_at IS NULL

CREATE TABLE publishers (
  id INTEGER NOT NULL
  slug VARCHAR(100) NOT NULL
  name VARCHAR(200) NOT NULL
  CONSTRAINT pk_publishers PRIMARY KEY (id)
  CONSTRAINT uq_publishers_name UNIQUE (name)
  CONSTRAINT uq_publishers_slug UNIQUE (slug)
)

CREATE TABLE recommendations (
  comment_id INTEGER NOT NULL
  user_id INTEGER NOT NULL
  at DATETIME NOT NULL
  CONSTRAINT fk_recommendations_comment_id_comments FOREIGN KEY(comment_id) REFERENCES comments (id)
  CONSTRAINT fk_recommendations_user_id_users FOREIGN KEY(user_id) REFERENCES users (id)
  CONSTRAINT pk_recommendations PRIMARY KEY (comment_id, user_id)
)

CREATE TABLE reports (
  id INTEGER NOT NULL
  at DATETIME NOT NULL
  comment_id INTEGER NOT NULL
  revision INTEGER NOT NULL
  reporter_id INTEGER NOT NULL
  reason VARCHAR(20) NOT NULL
  note TEXT
  trusted BOOLEAN NOT NULL
  outcome VARCHAR(20)
  decision_id INTEGER
  decided_at DATETIME
  CONSTRAINT fk_reports_comment_id_comments FOREIGN KEY(comment_id) REFERENCES comments (id)
  CONSTRAINT fk_reports_decision_id_decisions FOREIGN KEY(decision_id) REFERENCES decisions (id)
  CONSTRAINT fk_reports_reporter_id_users FOREIGN KEY(reporter_id) REFERENCES users (id)
  CONSTRAINT pk_reports PRIMARY KEY (id)
  CONSTRAINT uq_reports_comment_id_revision_reporter_id UNIQUE (comment_id, revision, reporter_id)
)

CREATE INDEX ix_reports_decided_at ON reports (decided_at)

CREATE INDEX ix_reports_decision_id ON reports (decision_id)

CREATE INDEX ix_reports_doubtful ON reports (id) WHERE coalesce(outcome, '') = '' AND NOT trusted

CREATE INDEX ix_reports_outcome_comment_id ON reports (outcome, comment_id)

CREATE INDEX ix_reports_reporter_id ON reports (reporter_id)

CREATE INDEX ix_reports_trusted ON reports (id) WHERE coalesce(outcome, '') = '' AND trusted

CREATE TABLE "sources" (
  id INTEGER NOT NULL
  article_id INTEGER
  position INTEGER NOT NULL
  "key" VARCHAR(100) NOT NULL
  publisher_id INTEGER NOT NULL
  title VARCHAR(500) NOT NULL
  url VARCHAR(2000)
  kind VARCHAR(20)
  date DATE
  quote TEXT
  archived VARCHAR(2000)
  CONSTRAINT fk_sources_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id)
  CONSTRAINT fk_sources_publisher_id_publishers FOREIGN KEY(publisher_id) REFERENCES publishers (id)
  CONSTRAINT pk_sources PRIMARY KEY (id)
  CONSTRAINT uq_sources_article_id_key UNIQUE (article_id, "key")
)

CREATE INDEX ix_sources_publisher_id ON sources (publisher_id)

CREATE TABLE sqlite_sequence(
  name
  seq
)

CREATE TABLE streams (
  name VARCHAR(64) NOT NULL
  head BIGINT NOT NULL
  CONSTRAINT pk_streams PRIMARY KEY (name)
)

CREATE TABLE supports (
  claim_id INTEGER NOT NULL
  source_id INTEGER NOT NULL
  position INTEGER NOT NULL
  CONSTRAINT fk_supports_claim_id_claims FOREIGN KEY(claim_id) REFERENCES claims (id)
  CONSTRAINT fk_supports_source_id_sources FOREIGN KEY(source_id) REFERENCES sources (id)
  CONSTRAINT pk_supports PRIMARY KEY (claim_id, source_id)
)

CREATE INDEX ix_supports_source_id ON supports (source_id)

CREATE TABLE taggings (
  article_id INTEGER NOT NULL
  topic_id INTEGER NOT NULL
  position INTEGER NOT NULL
  CONSTRAINT fk_taggings_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id)
  CONSTRAINT fk_taggings_topic_id_topics FOREIGN KEY(topic_id) REFERENCES topics (id)
  CONSTRAINT pk_taggings PRIMARY KEY (article_id, topic_id)
)

CREATE INDEX ix_taggings_topic_id ON taggings (topic_id)

CREATE TABLE "threads" (
  article_id INTEGER NOT NULL
  closed_at DATETIME
  published INTEGER NOT NULL
  total INTEGER NOT NULL
  premoderated BOOLEAN DEFAULT 0 NOT NULL
  pinned_id INTEGER
  closes_at DATETIME
  slow_seconds INTEGER DEFAULT '0' NOT NULL
  until DATETIME
  why VARCHAR(300)
  opened_at DATETIME
  CONSTRAINT fk_threads_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id)
  CONSTRAINT fk_threads_pinned_id_comments FOREIGN KEY(pinned_id) REFERENCES comments (id)
  CONSTRAINT pk_threads PRIMARY KEY (article_id)
)

CREATE TABLE topics (
  id INTEGER NOT NULL
  slug VARCHAR(100) NOT NULL
  CONSTRAINT pk_topics PRIMARY KEY (id)
  CONSTRAINT uq_topics_slug UNIQUE (slug)
)

CREATE TABLE "users" (
  id INTEGER NOT NULL
  username VARCHAR(40) NOT NULL
  username_key VARCHAR(80) NOT NULL
  email VARCHAR(254) NOT NULL
  email_key VARCHAR(254) NOT NULL
  password_hash VARCHAR(200) NOT NULL
  role VARCHAR(20) NOT NULL
  created_at DATETIME NOT NULL
  shortcuts BOOLEAN DEFAULT 1 NOT NULL
  longer_password_due BOOLEAN DEFAULT 0 NOT NULL
  CONSTRAINT pk_users PRIMARY KEY (id)
  CONSTRAINT uq_users_email_key UNIQUE (email_key)
  CONSTRAINT uq_users_username_key UNIQUE (username_key)
)

CREATE INDEX ix_users_username_key ON users (username_key)

CREATE TABLE "verdict_changes" (
  id INTEGER NOT NULL
  claim_id INTEGER NOT NULL
  version INTEGER NOT NULL
  "before" VARCHAR(20)
  "after" VARCHAR(20) NOT NULL
  why TEXT
  at DATETIME
  by_id INTEGER
  changed JSON
  typo BOOLEAN NOT NULL
  by_name VARCHAR(200)
  origin VARCHAR(10) NOT NULL
  listed_at DATETIME NOT NULL
  CONSTRAINT fk_verdict_changes_by_id_users FOREIGN KEY(by_id) REFERENCES users (id)
  CONSTRAINT fk_verdict_changes_claim_id_claims FOREIGN KEY(claim_id) REFERENCES claims (id)
  CONSTRAINT pk_verdict_changes PRIMARY KEY (id)
  CONSTRAINT uq_verdict_changes_claim_id_version UNIQUE (claim_id, version)
)

CREATE INDEX ix_verdict_changes_listed_at_id ON verdict_changes (listed_at, id)

CREATE TABLE visits (
  person_id INTEGER NOT NULL
  article_id INTEGER NOT NULL
  seen_id INTEGER NOT NULL
  latest_id INTEGER NOT NULL
  at DATETIME NOT NULL
  CONSTRAINT fk_visits_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id)
  CONSTRAINT fk_visits_person_id_users FOREIGN KEY(person_id) REFERENCES users (id)
  CONSTRAINT pk_visits PRIMARY KEY (person_id, article_id)
)

