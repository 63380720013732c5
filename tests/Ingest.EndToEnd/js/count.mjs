// Counts one stream of a lake with DuckDB, reading it the way an analyst would: by its Hive layout.
//   node count.mjs LAKE_FOLDER good|quarantine
// Prints one JSON object: files, rows, ids (different event ids), misplaced (lines whose hour of receipt or source is
// not their folder's; a relayed line stands in the hour in which it came), fingerprint (MD5 of all event ids, in order, one a line).
import { DuckDBInstance } from '@duckdb/node-api';

const [folder, stream] = process.argv.slice(2);
const connection = await (await DuckDBInstance.create()).connect();

async function queryOne(sql, values) {
  const reader = await connection.runAndReadAll(sql, values);
  return reader.getRowObjectsJson()[0];
}

const pattern = `${folder}/${stream}/**/*.json.gz`;
const { files } = await queryOne('SELECT count(*)::DOUBLE AS files FROM glob($pattern)', { pattern });

// read_json refuses a pattern that matches nothing.
const counts = files === 0
  ? { rows: 0, ids: 0, misplaced: 0, fingerprint: 'd41d8cd98f00b204e9800998ecf8427e' }
  : await queryOne(`
      SELECT
        count(*)::DOUBLE AS rows,
        count(DISTINCT event_id)::DOUBLE AS ids,
        (count(*) FILTER (
          (json_extract(line, '$.collector.relayed') IS NULL AND (
            dt::VARCHAR <> strftime(received_at::TIMESTAMP, '%Y-%m-%d')
            OR hr::INTEGER <> hour(received_at::TIMESTAMP)))
          OR NOT contains(filename, '/source=' || json_extract_string(line, '$.source') || '/')
        ))::DOUBLE AS misplaced,
        md5(string_agg(event_id, chr(10) ORDER BY event_id)) AS fingerprint
      FROM (
        SELECT json AS line, json->>'event_id' AS event_id, json->>'received_at' AS received_at, dt, hr, filename
        FROM read_json_objects($pattern, format = 'newline_delimited', hive_partitioning = true, filename = true)
      )`, { pattern });

console.log(JSON.stringify({ files, ...counts }));
