<?php
// Lets Moodle import a framework from a CSV file and export it again, by its own classes.
// Run in Moodle's folder as its web server's user: php …/frameworks.php in.csv > out.csv
// The framework, and a scale that Moodle made for it, are taken out of Moodle again.

define('CLI_SCRIPT', true);
require(getcwd() . '/config.php');
require_once($CFG->libdir . '/csvlib.class.php');

use core_competency\api;
use tool_lpimportcsv\framework_exporter;
use tool_lpimportcsv\framework_importer;

\core\session\manager::set_user(get_admin());
$lastscale = (int) $DB->get_field_sql('SELECT MAX(id) FROM {scale}');
$importer = new framework_importer(file_get_contents($argv[1]), 'utf-8', 'comma');
if ($importer->get_error()) {
    fwrite(STDERR, $importer->get_error() . "\n");
    exit(1);
}
$framework = $importer->import();
if (!$framework) {
    fwrite(STDERR, 'Moodle imported nothing: ' . $importer->get_error() . "\n");
    exit(1);
}
// The exporter ends the process itself.
register_shutdown_function(function() use ($framework, $lastscale, $DB) {
    api::delete_framework($framework->get('id'));
    $DB->delete_records_select('scale', 'id > ? AND courseid = 0', [$lastscale]);
});
(new framework_exporter($framework->get('id')))->export();
