use super::*;

fn file(text: &str) -> FileConfig {
    toml::from_str(text).unwrap()
}

#[test]
fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
    let limits = LimitArgs { organization_quota: Some(7), ..LimitArgs::default() };
    let args = ServeArgs { limits, ..ServeArgs::default() };
    let config = ServeConfig::resolve(args, file("anonymous_pull = true\n[limits]\norganization_quota = 6\nuploads_at_once = 5")).unwrap();
    assert_eq!((config.anonymous_pull, config.token_lifetime_seconds), (true, 300));
    assert_eq!((config.limits.organization_quota, config.limits.uploads_at_once, config.limits.uploads_per_second), (7, 5, 20));
}

#[test]
fn an_unknown_key_in_the_file_is_an_error() {
    for (text, wrong) in
        [("anonymus_pull = true", "anonymus_pull"), ("[limits]\nuploads_at_one = 1", "uploads_at_one"), ("[master_key]\nkey = '0'", "key")]
    {
        let error = toml::from_str::<FileConfig>(text).unwrap_err();
        assert!(error.to_string().contains(wrong), "{error}");
    }
}

#[test]
fn the_master_key_comes_from_one_place_and_a_flag_is_in_the_place_of_all_that_the_file_says() {
    let resolve = |args: MasterKeyArgs, text: &str| {
        let args = ServeArgs { master_key: args, ..ServeArgs::default() };
        ServeConfig::resolve(args, file(text)).map(|config| config.master_key)
    };
    let nothing = MasterKeyArgs::default();
    assert_eq!(resolve(nothing.clone(), "").unwrap(), MasterKeyConfig::default());
    let said = resolve(nothing.clone(), "[master_key]\nvariable = 'KEY'\nprevious_file = 'old.key'").unwrap();
    assert_eq!(said.current, Some(KeySource::Variable("KEY".to_owned())));
    assert_eq!(said.previous, Some(KeySource::File("old.key".into())));
    let flag = MasterKeyArgs { master_key_command: Some("vault".to_owned()), ..MasterKeyArgs::default() };
    let said = resolve(flag, "[master_key]\nvariable = 'KEY'\nprevious_file = 'old.key'").unwrap();
    assert_eq!(said.current, Some(KeySource::Command("vault".to_owned())));
    assert_eq!(said.previous, Some(KeySource::File("old.key".into())));
    for (text, wrong) in [
        ("[master_key]\nvariable = 'KEY'\nfile = 'key'", "the master_key"),
        ("[master_key]\nprevious_command = 'vault'\nprevious_file = 'key'", "the previous master_key"),
        ("[master_key]\nvariable = 'AMBAR_KEY'", "AMBAR_"),
    ] {
        let error = resolve(nothing.clone(), text).unwrap_err().to_string();
        assert!(error.contains(wrong), "{error}");
    }
}

fn refused(variables: &[(&str, &str)]) -> bool {
    let command = <ServeArgs as clap::Args>::augment_args(clap::Command::new("ambar"));
    let variables: Vec<_> = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    refuse_unknown_variables(&command, variables.into_iter()).is_err()
}

#[test]
fn an_unknown_variable_is_an_error() {
    assert!(!refused(&[("AMBAR_LISTEN", "127.0.0.1:5000"), ("PATH", "/bin")]));
    for typo in ["AMBAR_LISTN", "AMBAR_PORT", "AMBAR_LISTEN_PORT", "AMBAR_TLS_PORT_NUMBER", "AMBAR_SERVICE", "AMBAR_PORT_5000"] {
        assert!(refused(&[(typo, "5000")]), "{typo}");
    }
}

#[test]
fn what_kubernetes_says_of_a_service_is_no_setting() {
    for service in ["AMBAR", "AMBAR_REGISTRY", "AMBAR_PORT_7"] {
        for (name, value) in [
            ("SERVICE_HOST", "10.0.0.7"),
            ("SERVICE_PORT", "5000"),
            ("SERVICE_PORT_HTTP_METRICS", "5000"),
            ("PORT", "tcp://10.0.0.7:5000"),
            ("PORT_5000_TCP", "tcp://10.0.0.7:5000"),
            ("PORT_5000_TCP_PROTO", "tcp"),
            ("PORT_5000_TCP_PORT", "5000"),
            ("PORT_5000_TCP_ADDR", "10.0.0.7"),
            ("PORT_53_UDP_ADDR", "10.0.0.7"),
        ] {
            let name = format!("{service}_{name}");
            assert!(!refused(&[(&name, value)]), "{name}");
        }
    }
}

#[test]
fn plain_http_is_only_for_loopback_or_behind_a_proxy() {
    let listen = |text: &str| ServeArgs { listen: text.parse().ok(), ..ServeArgs::default() };
    assert!(ServeConfig::resolve(listen("127.0.0.1:5000"), FileConfig::default()).is_ok());
    assert!(ServeConfig::resolve(listen("0.0.0.0:5000"), FileConfig::default()).is_err());
    assert!(ServeConfig::resolve(listen("0.0.0.0:5000"), file("behind_proxy = true")).is_ok());
    assert!(ServeConfig::resolve(listen("0.0.0.0:5000"), file("tls_cert = 'a'\ntls_key = 'b'")).is_ok());
}

#[test]
fn proxies_that_are_trusted_stand_in_front() {
    let resolve = |text: &str| ServeConfig::resolve(ServeArgs::default(), file(text));
    let config = resolve("behind_proxy = true\ntrusted_proxies = ['10.0.0.0/8', '::1']").unwrap();
    assert_eq!(config.trusted_proxies.iter().map(ToString::to_string).collect::<Vec<_>>(), ["10.0.0.0/8", "::1/128"]);
    assert!(resolve("trusted_proxies = ['10.0.0.0/8']").unwrap_err().to_string().contains("behind_proxy"));
    assert!(toml::from_str::<FileConfig>("trusted_proxies = ['10.0.0.0/99']").is_err());
}

#[test]
fn a_certificate_without_its_key_is_an_error() {
    assert!(ServeConfig::resolve(ServeArgs::default(), file("tls_cert = 'a'")).is_err());
}

/// The value behind `[default: ` in the help of a flag.
fn default_in_help(flag: &str) -> String {
    let command = <ServeArgs as clap::Args>::augment_args(clap::Command::new("ambar"));
    let help = command.get_arguments().find(|argument| argument.get_long() == Some(flag)).unwrap().get_help().unwrap().to_string();
    help.split_once("[default: ").unwrap().1.split([',', ']']).next().unwrap().to_owned()
}

#[test]
fn the_defaults_are_those_of_the_surfaces_and_the_help_says_them() {
    let config = ServeConfig::resolve(ServeArgs::default(), FileConfig::default()).unwrap();
    let defaults = Settings::default();
    assert_eq!(i64::from(config.token_lifetime_seconds), defaults.token_lifetime.num_seconds());
    assert_eq!(i64::from(config.iam_token_lifetime_hours), defaults.iam_token_lifetime.num_hours());
    assert_eq!(i64::from(config.docker_login_minutes), defaults.docker_login_lifetime.num_minutes());
    assert_eq!(i64::from(config.containerd_login_minutes), defaults.containerd_login_lifetime.num_minutes());
    assert_eq!(i64::from(config.upload_lifetime_hours), defaults.upload_lifetime.num_hours());
    assert_eq!(u64::from(config.client_timeout_seconds), defaults.body_pause.as_secs());
    let limits = &config.limits;
    assert_eq!((limits.max_layer_bytes, limits.organization_quota), (defaults.max_blob_bytes, defaults.organization_quota));
    assert_eq!(ambar_api::Limits::from(limits), defaults.limits);
    assert_eq!((config.anonymous_pull, config.behind_proxy), (defaults.anonymous_pull, defaults.behind_proxy));
    assert_eq!(default_in_help("token-lifetime-seconds"), config.token_lifetime_seconds.to_string());
    assert_eq!(default_in_help("iam-token-lifetime-hours"), config.iam_token_lifetime_hours.to_string());
    assert_eq!(default_in_help("docker-login-minutes"), config.docker_login_minutes.to_string());
    assert_eq!(default_in_help("containerd-login-minutes"), config.containerd_login_minutes.to_string());
    assert_eq!(default_in_help("upload-lifetime-hours"), config.upload_lifetime_hours.to_string());
    assert_eq!(default_in_help("max-layer-bytes"), limits.max_layer_bytes.to_string());
    for (flag, value) in [
        ("organization-quota", limits.organization_quota),
        ("uploads-at-once", limits.uploads_at_once),
        ("uploads-per-second", limits.uploads_per_second),
        ("failed-logins-per-minute", limits.failed_logins_per_minute),
        ("block-after-refused-uploads", limits.block_after_refused_uploads),
        ("block-after-failed-logins", limits.block_after_failed_logins),
        ("event-streams", limits.event_streams),
        ("tokens-per-minute", limits.tokens_per_minute),
        ("block-minutes", limits.block_minutes),
        ("lock-user-after", limits.lock_user_after),
        ("lock-user-minutes", limits.lock_user_minutes),
        ("lock-key-after", limits.lock_key_after),
        ("lock-key-minutes", limits.lock_key_minutes),
        ("lock-reset-minutes", limits.lock_reset_minutes),
    ] {
        assert_eq!(default_in_help(flag), value.to_string(), "{flag}");
    }
    assert_eq!(default_in_help("shutdown-seconds"), config.shutdown_seconds.to_string());
    assert_eq!(default_in_help("shutdown-delay-seconds"), config.shutdown_delay_seconds.to_string());
    assert_eq!(default_in_help("client-timeout-seconds"), config.client_timeout_seconds.to_string());
    assert_eq!(default_in_help("anonymous-pull"), config.anonymous_pull.to_string());
    assert_eq!(default_in_help("listen"), config.listen.to_string());
}

#[test]
fn a_number_that_is_out_of_bounds_is_an_error_that_names_it() {
    for setting in [
        "token_lifetime_seconds = 59",
        "token_lifetime_seconds = 86401",
        "iam_token_lifetime_hours = 0",
        "docker_login_minutes = 14",
        "docker_login_minutes = 1441",
        "containerd_login_minutes = 14",
        "upload_lifetime_hours = 0",
        "upload_lifetime_hours = 4000000000",
        "limits.max_layer_bytes = 0",
        "limits.max_layer_bytes = 9223372036854775807",
        "limits.organization_quota = 4000000000",
        "limits.uploads_at_once = 1001",
        "limits.uploads_per_second = 4000000000",
        "limits.failed_logins_per_minute = 4000000000",
        "limits.block_after_refused_uploads = 4000000000",
        "limits.block_after_failed_logins = 4000000000",
        "limits.event_streams = 4000000000",
        "limits.tokens_per_minute = 4000000000",
        "limits.block_minutes = 0",
        "limits.block_minutes = 10081",
        "limits.lock_user_after = 4000000000",
        "limits.lock_user_minutes = 0",
        "limits.lock_user_minutes = 10081",
        "limits.lock_key_after = 4000000000",
        "limits.lock_key_minutes = 0",
        "limits.lock_key_minutes = 10081",
        "limits.lock_reset_minutes = 10081",
        "shutdown_seconds = 4000000000",
        "shutdown_delay_seconds = 4000000000",
        "client_timeout_seconds = 0",
        "client_timeout_seconds = 4000000000",
    ] {
        let error = ServeConfig::resolve(ServeArgs::default(), file(setting)).unwrap_err().to_string();
        let (name, value) = setting.trim_start_matches("limits.").split_once(" = ").unwrap();
        assert!(error.contains(name) && error.contains(value), "{error}");
    }
}

#[test]
fn a_limit_of_0_is_none() {
    let off =
        "[limits]\nuploads_at_once = 0\nuploads_per_second = 0\nblock_after_failed_logins = 0\nlock_user_after = 0\nlock_key_after = 0";
    let config = ServeConfig::resolve(ServeArgs::default(), file(off)).unwrap();
    let limits = ambar_api::Limits::from(&config.limits);
    assert_eq!((limits.uploads_at_once, limits.uploads_per_second, limits.block_after_failed_logins), (None, None, None));
    assert_eq!((limits.lock_user_after, limits.lock_key_after), (None, None));
    assert!(limits.failed_logins_per_minute.is_some());
}

#[test]
fn a_boolean_can_be_said_in_the_usual_words() {
    let parse = |arguments: &[&str]| {
        let command = <ServeArgs as clap::Args>::augment_args(clap::Command::new("ambar"));
        let matches = command.try_get_matches_from([&["ambar"], arguments].concat())?;
        <ServeArgs as clap::FromArgMatches>::from_arg_matches(&matches)
    };
    for (words, expected) in [(["true", "1", "yes", "on"], true), (["false", "0", "no", "off"], false)] {
        for word in words {
            let args = parse(&["--behind-proxy", word, &format!("--anonymous-pull={word}")]).unwrap();
            assert_eq!((args.behind_proxy, args.anonymous_pull), (Some(expected), Some(expected)), "{word}");
        }
    }
    assert_eq!(parse(&["--behind-proxy"]).unwrap().behind_proxy, Some(true));
    assert!(parse(&["--behind-proxy", "perhaps"]).is_err());
}
