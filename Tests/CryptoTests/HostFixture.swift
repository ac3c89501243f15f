/// Keys and tokens of a host app, made with another implementation (PyJWT on the cryptography package). The tokens are good
/// for fifteen minutes from second 1,795,187,045.
enum HostFixture {
    /// 2,048 bits; the exponent is 65,537.
    static let rsaModulus =
        "vch48EwKZOSRxjgOUW5wH05u45ZTFS9wRdqIqu9c41f7SwW9aQzgbZqiAdptktLlg3tae7A3nkAXS-2Sgb5fJPHceWxDuCFXzomIY_n4N1qytu"
        + "LUp_L5fyHmEpj_XHtd6kZh1pmfJWvY4gyrv53DlttJoaM3i_nGepfxiXp3CzRsw2g9X8o56S8nO-8OTQbE4PEswhWJabK9yYwXJBWAr7X7vHlY"
        + "odLTPf-UanaI7NF6AFY1svhkx-z6WMTwc0-xZoeOm-Mu_5UMbaIcXp0kjKmklcHKjR4PDwmDHn1TxRPQJ_VetSSBKtQy6LY7_0CYWiNgx7LWnG"
        + "AtZVm-GqSfRw"
    /// 1,024 bits.
    static let shortRSAModulus =
        "rdPhEmiWLU7DL92pDcE-jIfKd-E1N0zVbJtT1UOPc8f6lHJBrwt-bubpXmtUGb0wiLbQQQ8OL7DsFW56eRjHta9pLrsNhFYJUraH5F3oLFc7mS"
        + "dRbL28p5LigfqEmsQS65Iolg9LQXpoaQdJhG27Tf5BNhyOzBmQdqi6RYMFwX8"
    static let p256X = "NQ43fI0zbDzENsnKhxmdZtxIYf2_LQsZXfx0L0-ccWg"
    static let p256Y = "RjNaCp6e8E9Xq6JhOxZu6t5e0w7BtGQGX_UzRjU69sE"
    static let p384X = "D8JpRXdZAOCqgx8-HhmaNGRjY7XCtAiD00e9_M16uhuRht5XLw7dRT_RPKu5nZQh"
    static let p384Y = "PQaHJhcw0xbYGWcev1PJsyWjNmY-hxOvNDbEtMy8_oh2ANrn9HYD14nlj18OYEpp"
    /// Says the subject `user-1`, the device `phone`, the names `ada` and `Ada L.`.
    static let rs256Token =
        "eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2hvc3QuZXhhbXBsZSIsImF1ZCI6WyJ3ZWIiL"
        + "CJwYXJsZXkiXSwic3ViIjoidXNlci0xIiwiaWF0IjoxNzk1MTg3MDQ1LCJleHAiOjE3OTUxODc5NDUsImRldmljZV9pZCI6InBob25lIiwicHJ"
        + "lZmVycmVkX3VzZXJuYW1lIjoiYWRhIiwibmFtZSI6IkFkYSBMLiJ9.OlgoIWXg_D201atdUNNkpJahNqXIr-bBnok6pCujodNBx5Hpa6YnndQX"
        + "9o12636NotD3r8uKJOdgov6q9fCnh_NJrXnHSEmzJhlkGNcKg5ycuPd9fZHG17FnPybQOdpxMjvKYT-WZwFWIEUMiiqdqr97T25OV4dkBHbcko"
        + "CuFI5rosl0bE4E97V00BjrXpTkZB8rUc-L63Zpo5-ebgICef7BQv2tOCSUUzuzOKcUFVStTenCgKKKgFQAe94HQDnzagiIltK2Vloj5sWaGOo9"
        + "iGm_OIXDdbDbiGhxO9tWq3646stZei2GPrRPHVfF3xDwpnFlffm1rMvRXji3BC6BJw"
    /// The same, with another hash.
    static let rs512Token =
        "eyJhbGciOiJSUzUxMiIsImtpZCI6InJzYSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2hvc3QuZXhhbXBsZSIsImF1ZCI6WyJ3ZWIiL"
        + "CJwYXJsZXkiXSwic3ViIjoidXNlci0xIiwiaWF0IjoxNzk1MTg3MDQ1LCJleHAiOjE3OTUxODc5NDUsImRldmljZV9pZCI6InBob25lIiwicHJ"
        + "lZmVycmVkX3VzZXJuYW1lIjoiYWRhIiwibmFtZSI6IkFkYSBMLiJ9.RTzaqRnWdawRxn4hQ8IXFKPrwOWkKV7kqmQ5enlchi9LXLAU8QRw66-R"
        + "_KGCd0oPy_JFdYLZHCJZcYwjT59ZimImmNJ0vSYJHpk-BPOGn1w6jaIk3-mv1YqQ2j4waB-t6o4ngTkWRuSMjlEWcser8zzLk8O8uj05EY2E2H"
        + "olJNFXE8MrWpwefwSeohDgSmE_H4B69qH6Y0rVifSSd8Qg7nDxv_lVy5oyWy_CwmRR0o9do4Sl-S949LoGWVMnASSSnPFC4U-JgV63UDQ30hLD"
        + "sEk4se5MAVPho_T29L4qQ3NMGVVjpCF7N4yCw38TQ4itBuKv8GzFu53prKw7UOxZBw"
    /// The same, with another padding.
    static let ps256Token =
        "eyJhbGciOiJQUzI1NiIsImtpZCI6InJzYSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2hvc3QuZXhhbXBsZSIsImF1ZCI6WyJ3ZWIiL"
        + "CJwYXJsZXkiXSwic3ViIjoidXNlci0xIiwiaWF0IjoxNzk1MTg3MDQ1LCJleHAiOjE3OTUxODc5NDUsImRldmljZV9pZCI6InBob25lIiwicHJ"
        + "lZmVycmVkX3VzZXJuYW1lIjoiYWRhIiwibmFtZSI6IkFkYSBMLiJ9.T7GNcNgzcO9H0NuMqJcmIx0Lu4wFPkKXhMAl6XR7jOXpy2Oco-C9Hyvw"
        + "y8olLW_rp2sV7SDwBQpXdqIYZ77DbGg3A1zcMY5D7BWIRsPVUXJxCkxlSbMz50zQ4_9vysQivpOBaQ181Huwb8_Gu-Xi1GnvdY0BIHGn5TviqT"
        + "9nhc3BWFe6xdvf9eU82y4HFfn5_fdtJd69Wq626zh30As2fqoZ5nCeLHSl_p6BUucALxRR10LlmQM9ExRRiFoOUVYaD4JQ_1eW4676nk68KXmO"
        + "SMYL-t2I12kyVz3o1KUpGPoW2mfpyzQHBdlAhOfN_v_MXX6cuW69bQiANT-4U3HtjQ"
    /// The same, under the other key.
    static let es256Token =
        "eyJhbGciOiJFUzI1NiIsImtpZCI6InAyNTYiLCJ0eXAiOiJKV1QifQ.eyJpc3MiOiJodHRwczovL2hvc3QuZXhhbXBsZSIsImF1ZCI6WyJ3ZWI"
        + "iLCJwYXJsZXkiXSwic3ViIjoidXNlci0xIiwiaWF0IjoxNzk1MTg3MDQ1LCJleHAiOjE3OTUxODc5NDUsImRldmljZV9pZCI6InBob25lIiwic"
        + "HJlZmVycmVkX3VzZXJuYW1lIjoiYWRhIiwibmFtZSI6IkFkYSBMLiJ9.pVBK2-8tkJoI2JUCYDPcWJJwsNulDrkd7aN4wUH27dJXj1VgZ8nGHO"
        + "O6HeGmbo3DAxO5dtuoofn94mjvnExG9g"
    /// Says RS256, and is signed with SHA-1.
    static let sha1Token =
        "eyJhbGciOiAiUlMyNTYiLCAia2lkIjogInJzYSJ9.eyJpc3MiOiAiaHR0cHM6Ly9ob3N0LmV4YW1wbGUiLCAiYXVkIjogWyJ3ZWIiLCAicGFyb"
        + "GV5Il0sICJzdWIiOiAidXNlci0xIiwgImlhdCI6IDE3OTUxODcwNDUsICJleHAiOiAxNzk1MTg3OTQ1LCAiZGV2aWNlX2lkIjogInBob25lIiw"
        + "gInByZWZlcnJlZF91c2VybmFtZSI6ICJhZGEiLCAibmFtZSI6ICJBZGEgTC4ifQ.uYEoLL2f42lOaz-PwBLg0YO7IR7HMk8_MjxyTbvO3o8Eo9"
        + "2VehjkCICWtx7Itk8VbD2qAmuH7i0D5ijG2kzKREMwTbaqtSSQXcXctK312ZLNbL9Zbp9Bk7dhyW9g3xQDGA8Q0J6HwrBuh9lsclTHsPz8To6a"
        + "VSgu3QgJk5wpdQ_IjOlG9uZSJtzv9hBUIFVaIYnT1m99VMRXzHKFPjaapBtR7RbzUabtVms7XLtue_uk8qWm4KxcDAQsz57ndm6FQyd_ALHPYh"
        + "pyQM3AOxJg2890iv_R0N5RGteUZxxfi8VXPTTKaDrNCTc7Zkq01Ko79PnSvxxmWYhPJqTBFRzraQ"
    /// Its signature is in DER.
    static let derToken =
        "eyJhbGciOiAiRVMyNTYiLCAia2lkIjogInAyNTYifQ.eyJpc3MiOiAiaHR0cHM6Ly9ob3N0LmV4YW1wbGUiLCAiYXVkIjogWyJ3ZWIiLCAicGF"
        + "ybGV5Il0sICJzdWIiOiAidXNlci0xIiwgImlhdCI6IDE3OTUxODcwNDUsICJleHAiOiAxNzk1MTg3OTQ1LCAiZGV2aWNlX2lkIjogInBob25lI"
        + "iwgInByZWZlcnJlZF91c2VybmFtZSI6ICJhZGEiLCAibmFtZSI6ICJBZGEgTC4ifQ.MEUCIQDybzqQqa1jEC4QYwStYGOWO9OF1kytxiBGB2EI"
        + "9CI-tQIgUWKYmFwYsCy8gSFG9wCiXLmX1npp_r1-RYKQKxi6rgw"
    /// HS256, with the RSA key's PEM as the secret.
    static let hmacToken =
        "eyJhbGciOiAiSFMyNTYiLCAia2lkIjogInJzYSJ9.eyJpc3MiOiAiaHR0cHM6Ly9ob3N0LmV4YW1wbGUiLCAiYXVkIjogWyJ3ZWIiLCAicGFyb"
        + "GV5Il0sICJzdWIiOiAidXNlci0xIiwgImlhdCI6IDE3OTUxODcwNDUsICJleHAiOiAxNzk1MTg3OTQ1LCAiZGV2aWNlX2lkIjogInBob25lIiw"
        + "gInByZWZlcnJlZF91c2VybmFtZSI6ICJhZGEiLCAibmFtZSI6ICJBZGEgTC4ifQ.Ur8NzEwrXnhHlwVrp3QMvT-4ITAeAJ988nUaFujXY4Y"
}
