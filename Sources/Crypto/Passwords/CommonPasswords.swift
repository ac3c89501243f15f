/// Passwords that everybody tries first, of eight characters and more (shorter ones are refused by their length), in lower case.
enum CommonPasswords {
    /// Whether the password is one of them, in whatever case it is typed.
    static func contains(_ password: String) -> Bool {
        list.contains(password.lowercased()[...])
    }

    private static let list = Set(
        """
        !qaz2wsx !qaz@wsx 00000000 000000000 0000000000 01234567 012345678 0123456789 02468024 0987654321 10101010 11111111 111111111
        1111111111 11112222 11223344 1122334455 112233445566 112233qq 12121212 121212121 12312312 123123123 1231231234 123321123 12341234
        12344321 1234512345 123454321 1234554321 123456123 123456123456 12345678 123456789 1234567890 12345678910 123456789a 123456789q
        12345678a 1234567a 1234567q 123456aa 123456abc 12345qwert 1234abcd 1234asdf 1234qwer 123789456 123abc123 123qwe123 123qweasd
        123qweasdzxc 13131313 13579246 135792468 1357924680 147258369 1472583690 147852369 159357456 159753456 19801980 19841984 19851985
        19901990 1password 1q2w3e4r 1q2w3e4r! 1q2w3e4r5t 1q2w3e4r5t6y 1qaz!qaz 1qaz1qaz 1qaz2wsx 1qaz2wsx3edc 1qaz@wsx 1qazxsw2 20002000
        20202020 21212121 22222222 23232323 24681357 246813579 27182818 2wsx3edc 31415926 314159265 321321321 33333333 420420420 44444444
        456123789 456456456 55555555 66666666 69696969 741852963 77777777 789456123 7894561230 789789789 87654321 88888888 951753456
        963852741 987654321 9876543210 99998888 99999999 a1234567 a12345678 a123456789 a1b2c3d4 a1b2c3d4e5 a1s2d3f4 aa123456 aa12345678
        aa123456789 aaaa1111 aaaaaaaa aaaaaaaaaa aassddff abc12345 abc123456 abc123456789 abc123abc abcabcabc abcd1234 abcd12345 abcdef123
        abcdefg1 abcdefgh abcdefghi abcdefghij abracadabra access123 access14 admin123 admin1234 admin12345 admin123456 admin2024
        admin2025 admin@123 adminadmin administrador administrator alejandra alejandro alexander alexander1 alexandra amanda123 america1
        anderson andrew123 angel123 angelbaby angels123 anthony1 anything argentina arsenal1 arsenal123 asd123456 asd123asd asdasdasd
        asdf1234 asdf123456 asdfasdf asdfghjk asdfghjkl asdfghjkl1 asdfqwer ashley123 assassin asshole1 australia autumn2024 autumn2025
        azerty123 azertyui azertyuiop babyboy1 babyboy123 babygirl babygirl1 babygirl12 babygirl123 badboy123 badgirl1 ballerina
        bangladesh barcelona barcelona1 baseball baseball1 baseball12 basketball basketball1 batman123 beautiful beautiful1 bestfriend
        bigdaddy1 bismillah bismillah1 bitch123 biteme123 black123 blessed1 blessing blink182 blue1234 blueberry brandon1 brasil123
        broncos1 brother1 budlight bullshit bullshit1 business butterfly butterfly1 california canada123 captainamerica carolina caroline
        champion champions changeit changeme changeme1 changeme123 charlie1 charlie123 charlotte cheerleader cheetah1 chelsea1 chelseafc
        cherry123 chicago1 chocolate chocolate1 christ123 christian cinderella college1 colombia company1 company123 computer computer1
        computer123 contraseña cookie123 cookies1 coolgirl coolguy1 corona123 correcthorse correcthorsebatterystaple corvette
        counter-strike counterstrike cowboys1 crocodile cupcake1 daddy123 dancer123 daniel123 danielle darling1 december default1
        default123 deutschland diamond1 diamond123 discord1 doctor123 doggy123 dolphin1 dolphins dragon123 dragonball dragonball1 dropbox1
        drowssap drummer1 eagles123 edwardcullen elephant elephant1 elizabeth elizabeth1 eminem123 engineer england1 facebook facebook1
        facebook123 family123 father123 february fernando ferrari1 florida1 flower123 flowers1 football football1 football12 football123
        forever1 forever21 foreverlove fortnite fortnite1 francisco freedom1 freedom123 friday13 friends1 friends123 friendship fuckoff1
        fuckthis fuckyou! fuckyou1 fuckyou123 fuckyou2 gabriela gandalf1 gangsta1 gangster garfield ginger123 gmail123 godisgood godislove
        godzilla golden123 goodbye1 goodluck google123 gorgeous grandma1 green123 greenday1 gryffindor guest123 guestguest guillermo
        guitar123 guitarist gymnastics hakunamatata hallelujah happiness happy123 happyday harley123 harleydavidson harrypotter
        harrypotter1 haslo123 heaven123 heineken hello123 hello123! hello1234 hello12345 hellohello hellokitty hellokitty1 helloworld
        hockey123 hogwarts honey123 hongkong hotmail1 houston1 hunter12 hunter123 hurricane ilovegod ilovejesus iloveme1 ilovemymom
        iloveu12 iloveu123 iloveyou iloveyou! iloveyou1 iloveyou12 iloveyou123 iloveyou2 iloveyoubaby iloveyouso india123 indonesia
        instagram internet internet1 ironman1 isabella jackdaniels jacksparrow jaimatadi january1 jasmine1 jennifer jennifer1 jessica1
        jessica12 jessica123 jesus123 jesuschrist jesuslovesme jonathan jordan123 jordan23 joshua123 jurassic juventus katherine kawasaki
        killer123 kimberly kingkong kisskiss kitten123 kittykat knight123 krishna1 lakers24 lamborghini lastpass lawyer123 legolas1
        letmein! letmein1 letmein12 letmein123 letmeinnow letmeinplease liberty1 lightning linkedin liverpool liverpool1 lkjhgfdsa
        login123 loginlogin london123 lordoftherings love1234 love12345 lovelove lovely123 loveme123 lovers123 loveyou1 loveyou2 lozinka1
        lucky123 lucky777 macintosh mahalkita malaysia manager1 manager123 manchester manutd123 margaret marijuana marines1 marlboro
        marlboro1 maryjane master123 mastermaster matrix123 matthew1 melissa1 mercedes merlin123 metallica metallica1 mexico123 michael1
        michael123 michelle michelle1 mickey123 microsoft midnight midnight1 military million2 millionaire minecraft minecraft1 mitchell
        mnbvcxz1 mnbvcxzlkj mommy123 monday123 monkey12 monkey123 monkeys1 monster1 monster123 moonlight motdepasse mother123 music123
        mustang1 mylove123 myname123 mypass123 mypassword mypassword1 myspace1 naruto123 netflix1 newpassword newyork1 newyork123 nicegirl
        nicholas nickname1 nicole123 ninja123 ninja1234 nintendo nirvana1 nobody123 nopassword nothing1 november nursing1 october1
        office123 oldpassword omsairam opensesame orange123 p@$$w0rd p@$$word p@ssw0rd p@ssw0rd! p@ssw0rd1 p@ssword pa$$w0rd pa$$word
        pa55w0rd pa55word packers1 pakistan pakistan1 pakistan123 panther1 parola123 pass1234 pass12345 pass123456 pass@123 pass@word1
        passpass passphrase passw0rd passw0rd! passw0rd1 passwerd password password! password0 password00 password01 password02 password1
        password1! password11 password12 password123 password1234 password12345 password2 password2020 password2021 password2022
        password2023 password2024 password2025 password2026 password21 password3 password69 password7 password9 password99 password@123
        passwordpassword passwords passwort passwort1 patricia peaches1 pepper123 phantom1 philippines phoenix1 picture1 pictures pikachu1
        pink1234 pirates1 platinum playboy1 playboy123 playstation pocahontas poiuytrewq pokemon1 pokemon123 pornstar porsche1 porsche911
        prettygirl princesa princesa1 princess princess1 princess12 princess123 pumpkin1 pumpkins puppy123 purple123 pussycat q1234567
        q12345678 q123456789 q1q1q1q1 q1w2e3r4 q1w2e3r4t5 q1w2e3r4t5y6 qazwsx12 qazwsx123 qazwsxedc qazwsxedcrfv qqqqqqqq qqwweerr
        qwe12345 qwe123456 qwe123qwe qweasd123 qweasdzxc qweqweqwe qwer1234 qwerasdf qwerty1! qwerty12 qwerty123 qwerty123! qwerty1234
        qwerty12345 qwerty123456 qwerty7890 qwertyqwerty qwertyui qwertyuiop qwertyuiop1 qwertyuiop[] qwertz123 qwertzui qwertzuiop
        raiders1 rainbow1 rainbow123 ranger123 realmadrid rebecca1 redsox123 robinson roblox123 rocknroll rockstar rockstar1 root1234
        rootroot s1234567 sairam123 salasana samantha samantha1 samsung1 samsung123 school123 scooby123 scoobydoo scorpion scorpion1
        scotland sebastian secret123 secretpassword security senha123 september sexy1234 sexygirl sexysexy shadow12 shadow123 silver123
        singapore singer123 sister123 skateboard slipknot slipknot1 smile123 snapchat snickers sniper123 snoopy123 snowboard soccer12
        soccer123 softball soldier1 somebody something spiderman spiderman1 spongebob spongebob1 spring2024 spring2025 starcraft stardust
        starlight startrek starwars starwars1 steelers steelers1 stephanie strawberry student1 student123 success1 success123 sullivan
        summer12 summer123 summer2024 summer2025 sunshine sunshine1 sunshine12 sunshine123 superman superman1 superman123 supersecret
        sweetheart sweetie1 swimming teacher1 teamo123 teamomucho telegram temp1234 temporary temppass tequiero tequila1 terminator
        test1234 test12345 test123456 test123test tester123 testing1 testing123 testtest thepassword thomas123 thuglife thunder1 tiger123
        tigers123 tigger123 tinkerbell together toor1234 topsecret truelove trumpet1 trustno1 turtle123 turtles1 twilight twilight1
        twitter1 university unknown1 user1234 username userpass valentina vampire1 vanessa1 veronica victoria victoria1 volleyball1
        w1234567 wachtwoord warcraft warrior1 warriors weed4200 welcome1 welcome1! welcome12 welcome123 welcome2024 welcome2025
        welcome@123 whatever whatever1 whatsapp white123 william1 windows1 windows10 winniethepooh winter123 winter2024 winter2025
        wizard123 work1234 worldofwarcraft wsxedc123 xsw21qaz xxxxxxxx yahoo123 yamaha123 yankees1 yellow123 yourmom1 yourname
        yourpassword youtube1 z1234567 zaq12wsx zaq1xsw2 zaq1zaq1 zxc123456 zxcasdqwe zxcvbnm, zxcvbnm,. zxcvbnm,./ zxcvbnm1 zxcvbnm123
        zxcvzxcv zzzzzzzz
        """.split(whereSeparator: \.isWhitespace))
}
