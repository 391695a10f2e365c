<?php
// Makes the database and the site, and prints the login of its administrator as JSON.
$link = mysqli_connect('127.0.0.1', 'root', '', null, (int) getenv('DATABASE_PORT'));
$link->query('CREATE DATABASE wordpress CHARACTER SET utf8mb4');
define('WP_INSTALLING', true);
require $argv[1] . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
$made = wp_install('Sandbox', 'chef', 'chef@example.org', true, '', 'only-for-this-test');
$wp_rewrite->set_permalink_structure(getenv('PERMALINKS'));
$wp_rewrite->flush_rules(false);
list($password) = WP_Application_Passwords::create_new_application_password($made['user_id'], ['name' => 'crosspost']);
echo "\n", json_encode(['username' => 'chef', 'password' => $password, 'version' => $wp_version]), "\n";
