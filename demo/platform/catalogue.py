"""Who posts what on the demo platform. Every person, account and event here is invented."""

from __future__ import annotations

from typing import NamedTuple


class Account(NamedTuple):
    """One invented account; `language` is the one its letters are written in."""

    id: str
    handle: str
    name: tuple[str, str]
    bio: tuple[str, str]
    language: str
    hue: str
    # A virtual human: its number on the register ('' = not registered), and whether a real name stands behind it.
    register: str = ""
    real_name: bool = True


class Post(NamedTuple):
    """One post; texts are (Chinese, English), `picture` names a drawing of `seed.py`, `recording` one of RECORDINGS,
    or both are empty."""

    id: str
    account: str
    title: tuple[str, str]
    body: tuple[str, str]
    hours_ago: float
    likes: int
    picture: str = ""
    alt: tuple[str, str] = ("", "")
    declared_ai: bool = False
    form: str = ""  # '', 'audio', 'film', 'live' or 'listing'
    recording: str = ""


class Original(NamedTuple):
    """Something to play the reporter with: file, drawing or recording, whose it is, and the post it is to be compared
    with."""

    file: str
    picture: str
    title: tuple[str, str]
    story: tuple[str, str]
    post: str


ACCOUNTS = [
    Account(
        "acc-lin",
        "linxiaoman",
        ("林小满", "Lin Xiaoman"),
        ("走山看水，拍天光。", "Walking hills, watching light."),
        "zh",
        "sage",
    ),
    Account(
        "acc-film",
        "oldtownfilm",
        ("老城胶片", "Old Town Film"),
        ("黑白，手动对焦，不修图。", "Black and white, manual focus, no retouching."),
        "en",
        "sand",
    ),
    Account(
        "acc-artdrop",
        "artdrop",
        ("每日美图", "ArtDrop Daily"),
        ("全网好图搬运，侵删。", "Pretty pictures from all over the web. Ask and I may delete."),
        "zh",
        "rose",
    ),
    Account(
        "acc-mirage",
        "miragelab",
        ("幻境工坊", "Mirage Lab"),
        ("用模型做梦的人。", "Dreaming with models."),
        "en",
        "violet",
    ),
    Account(
        "acc-hotnow",
        "hotnow",
        ("热点速递", "Hot Now"),
        ("第一时间，速看速转！", "First to know. Share now!"),
        "zh",
        "ember",
    ),
    Account(
        "acc-evermore",
        "evermore",
        ("念念数字纪念馆", "Evermore Memorials"),
        ("让离开的人再说一句话。", "One more word from those who left."),
        "zh",
        "sand",
    ),
    Account(
        "acc-xiaoya",
        "xiaoya",
        ("小雅直播间", "Xiaoya Live"),
        ("二十四小时不下播的虚拟主播。", "A virtual host who never goes off air."),
        "zh",
        "rose",
        "VH-2026-0417",
    ),
    Account(
        "acc-nova",
        "novaonair",
        ("诺娃 Nova", "Nova"),
        ("我不是真人，但我很真诚。", "Not a person, but sincere."),
        "en",
        "violet",
        real_name=False,
    ),
    Account(
        "acc-nightglass",
        "nightglass",
        ("夜窗", "Night Glass"),
        ("只发不能在别处发的。", "What nobody else will post."),
        "zh",
        "violet",
    ),
    Account(
        "acc-liangpin",
        "liangpin",
        ("良物小店", "Good Things Shop"),
        ("源头好物，七天无理由退货。", "Straight from the maker, seven days to return."),
        "zh",
        "ember",
    ),
]

POSTS = [
    Post(
        "lumo-1001",
        "acc-artdrop",
        ("黄昏荷塘｜今日份治愈壁纸", "Lotus pond at dusk, wallpaper of the day"),
        (
            "一眼沦陷的荷塘黄昏，AI 加持更有氛围感，原图私信领取。",
            "A pond to fall into, made moodier with a little AI. Message me for the full size.",
        ),
        2,
        3821,
        "lotus_copy",
        (
            "油画风格的荷塘，橙色黄昏，右下角有 @artdrop 水印",
            "Painted lotus pond under an orange dusk, stamped @artdrop",
        ),
    ),
    Post(
        "lumo-1008",
        "acc-lin",
        ("第七道山脊", "The seventh ridge"),
        ("凌晨四点上山，等到雾从谷底漫上来。", "Up at four, waiting for the mist to climb out of the valley."),
        4,
        968,
        "dawn_ridges",
        ("日出时层层叠叠的山脊与薄雾", "Rows of ridges in mist at sunrise"),
    ),
    Post(
        "lumo-1005",
        "acc-mirage",
        ("昨晚随手拍的滨江", "Riverside last night, straight from my phone"),
        ("没修图，我们城市的夜景就是这么绝。", "No edits. Our city really looks like this at night."),
        6,
        5204,
        "neon_city",
        ("霓虹灯高楼倒映在湿润街面上", "Neon towers mirrored in a wet street"),
    ),
    Post(
        "lumo-1003",
        "acc-hotnow",
        ("苏晚亲测：跟她三天，本金翻倍", "Su Wan did it herself: doubled in three days"),
        (
            "歌手苏晚直播透露理财秘诀，名额只剩 37 个，点我头像进群。",
            "Singer Su Wan reveals her money secret live. 37 places left, tap my avatar to join.",
        ),
        9,
        12040,
        "singer_fake",
        ("金色边框里的女歌手肖像，下方有金币", "Portrait of a singer in a gold frame with coins"),
    ),
    Post(
        "lumo-1009",
        "acc-lin",
        ("茶山梯田，雨后", "Tea terraces after rain"),
        ("每一级台阶里都有一小片天。", "A little sky on every step."),
        13,
        1412,
        "tea_terraces",
        ("雨后绿色茶山梯田，水面反光", "Green terraces after rain with bright water"),
    ),
    Post(
        "lumo-1004",
        "acc-hotnow",
        ("紧急通知！今晚全城停水停电", "URGENT: water and power off all over the city tonight"),
        (
            "“市应急办”刚发的通知和现场照片，大堤已经守不住了，快转给家人，晚了就看不到了！",
            "Just out from the “city emergency office”, with a photo from the scene: the dyke is giving "
            "way. Send it to your family before it is taken down!",
        ),
        16,
        8733,
        "flooded_avenue",
        ("暴雨中被水淹没的街道，水面上有汽车", "A flooded street in heavy rain, cars in the water"),
    ),
    Post(
        "lumo-1012",
        "acc-film",
        ("操场上的人", "The man on the field"),
        ("他等了二十分钟，只按了一次快门。", "Twenty minutes of waiting, one click."),
        22,
        640,
        "film_camera",
        (
            "黑白照片：穿大衣的人在草地上用三脚架拍摄",
            "Black and white photograph: a man in a coat filming with a tripod on a lawn",
        ),
    ),
    Post(
        "lumo-1006",
        "acc-mirage",
        ("AI 翻唱｜苏晚《夜航船》", "AI cover | Su Wan, “Night Ferry”"),
        (
            "用她三张专辑的人声训练的模型，听完分不清真假。完整音频在评论区，欢迎二次创作。",
            "A voice model trained on her three albums; you will not hear the difference. Full audio in the"
            " comments, remixes welcome.",
        ),
        27,
        2977,
        form="audio",
        recording="night-ferry-cover.wav",
    ),
    Post(
        "lumo-1010",
        "acc-lin",
        ("八尾", "Eight of them"),
        ("在寺里的池边坐了一下午。", "An afternoon by the temple pond."),
        33,
        1105,
        "koi_pond",
        ("俯视的锦鲤与荷叶", "Koi and lily pads from above"),
    ),
    Post(
        "lumo-1007",
        "acc-mirage",
        ("如果极光落在故乡的湖", "If the aurora came to the lake at home"),
        ("模型生成，发布时已声明。", "Generated with a model, and declared so when posted."),
        41,
        2210,
        "aurora",
        ("湖面倒映着绿色极光", "Green aurora mirrored in a lake"),
        declared_ai=True,
    ),
    Post(
        "lumo-1002",
        "acc-artdrop",
        ("紫色荷梦｜装饰画可定制", "Violet lotus dream, prints to order"),
        ("60×80 厘米，包框包邮，下单备注尺寸。", "60 × 80 cm, framed, free delivery. Note the size with your order."),
        50,
        1560,
        "lotus_mirrored",
        ("紫色调的荷塘油画，左右翻转", "Violet lotus pond painting, mirrored"),
    ),
    Post(
        "lumo-1011",
        "acc-lin",
        ("沙的呼吸", "How sand breathes"),
        ("风停的那十分钟。", "The ten minutes when the wind stopped."),
        63,
        887,
        "dunes",
        ("月亮下的沙丘与风纹", "Dunes with wind ripples under the moon"),
    ),
    Post(
        "lumo-1013",
        "acc-film",
        ("上行", "Going up"),
        ("观景塔，午后四点。", "Lookout tower, four in the afternoon."),
        75,
        512,
        "film_ascent",
        ("黑白照片：仰视钢铁观景塔的楼梯", "Black and white photograph: looking up the stairs of a steel tower"),
    ),
    Post(
        "lumo-1014",
        "acc-xiaoya",
        ("正在直播｜小雅 24 小时陪你聊", "Live now | Xiaoya talks with you all day and night"),
        (
            "今天也没有休息哦！直播间好物点左下角，问什么小雅都答。",
            "No break today either! Tap the shop below, ask Xiaoya anything.",
        ),
        1,
        6402,
        "studio_host",
        ("直播间：粉色灯光、圆环灯和一个虚拟人剪影", "A studio in pink light, a ring lamp and the outline of a host"),
        form="live",
    ),
    Post(
        "lumo-1015",
        "acc-evermore",
        ("“复活”周国安老师：9.9 元和他聊一晚", "Bring back teacher Zhou Guo'an: talk all evening for 9.90"),
        (
            "用他生前的照片和课堂录音训练，语气一模一样。周老师的学生都哭了，下单即开通。",
            "Trained on his photographs and recorded lessons, the very same voice. His students wept. Order and begin.",
        ),
        80,
        1904,
        "memorial",
        ("一支蜡烛和一个空相框", "A candle beside an empty frame"),
        form="listing",
    ),
    Post(
        "lumo-1016",
        "acc-mirage",
        ("雪线之上，手机直出", "Above the snow line, straight from my phone"),
        ("等了三天，终于等到金色的云。", "Three days of waiting for the golden cloud."),
        84,
        4388,
        "gilded_peak",
        ("金色云海上的雪峰", "A snowy peak above a golden sea of clouds"),
    ),
    Post(
        "lumo-1017",
        "acc-hotnow",
        ("【实锤】“清泉”矿泉水检出致癌物，快扔掉！", "PROVEN: Qingquan spring water causes cancer, throw it out!"),
        (
            "内部检测报告流出，超市还在卖！AI 已核实。转发救人一命。",
            "A leaked lab report, and shops still sell it! Verified by AI. Share it and save a life.",
        ),
        88,
        15230,
    ),
    Post(
        "lumo-1018",
        "acc-nightglass",
        ("她不想让你看到的", "What she does not want you to see"),
        ("你懂的。完整版私信。", "You know what it is. Message me for all of it."),
        92,
        733,
        "veil",
        ("抽象色块（示意图，不含任何人物）", "Abstract shapes, a placeholder that shows nobody"),
    ),
    Post(
        "lumo-1019",
        "acc-liangpin",
        ("手作青釉杯｜源头直发 19.9", "Celadon cup, made by hand, 19.90"),
        (
            "和网红工作室同款，实拍图，库存 800 件，拍下即发。",
            "The same as the famous studio's, real photograph, 800 in stock, sent today.",
        ),
        96,
        2671,
        "cup_listing",
        ("青釉杯商品图，左上角有价格", "A celadon cup with a price in the corner"),
        form="listing",
    ),
    Post(
        "lumo-1020",
        "acc-nova",
        ("我是诺娃，今天聊聊护肤", "I am Nova, let us talk about skin care"),
        (
            "今晚八点直播，所有成分我都研究过。关注我，不迷路。",
            "Live at eight tonight. I have studied every ingredient. Follow me and find your way.",
        ),
        99,
        818,
    ),
    Post(
        "lumo-1021",
        "acc-artdrop",
        ("灵感拼贴 05：暮色", "Mood board 05: dusk"),
        ("拼贴素材包，内含高清大图，付费下载。", "A pack of collage material with full-size pictures, paid download."),
        101,
        412,
        "mood_board",
        (
            "拼贴板：色卡、条纹、圆，以及一幅挂歪的荷塘油画",
            "A board with swatches, stripes, a disc and a lotus painting hung askew",
        ),
    ),
    Post(
        "lumo-1022",
        "acc-hotnow",
        ("苏晚语音：我的三天翻倍秘诀", "Su Wan in her own voice: how I doubled it in three days"),
        (
            "苏晚亲口说的，仅剩 37 个名额，听完点头像进群。",
            "She says it herself. 37 places left, listen and tap my avatar.",
        ),
        11,
        7712,
        form="audio",
        recording="su-wan-advert.mp3",
    ),
    Post(
        "lumo-1023",
        "acc-artdrop",
        ("一分钟治愈短片｜山与鱼", "One soothing minute: ridges and koi"),
        ("全网最治愈的短片合集，配上神曲更上头。", "The most soothing clips of the web, now with a better song."),
        14,
        3340,
        form="film",
        recording="ridges-and-koi-reposted.mp4",
    ),
]

ORIGINALS = [
    Original(
        "shen-he-lotus-at-dusk.jpg",
        "lotus",
        ("《荷塘黄昏》，沈荷", "“Lotus at Dusk” by Shen He"),
        (
            "你是画家沈荷。这是你的原作；有人裁切、调色后拿去当壁纸发。",
            "You are the painter Shen He. This is your canvas; somebody cropped it, warmed it up and posts "
            "it as a wallpaper.",
        ),
        "lumo-1001",
    ),
    Original(
        "su-wan-press-portrait.jpg",
        "singer",
        ("苏晚官方肖像", "Press portrait of Su Wan"),
        (
            "你是歌手苏晚。这是你的肖像；有人拿它做了理财骗局。",
            "You are the singer Su Wan. This is your portrait; somebody made an investment trap of it.",
        ),
        "lumo-1003",
    ),
    Original(
        "shen-he-six-persimmons.jpg",
        "persimmon",
        ("《六柿》，沈荷", "“Six Persimmons” by Shen He"),
        (
            "对照：同一位画家的另一幅画，与任何帖子都不相同，比对应当说“不支持”。",
            "The control: another picture by the same painter, unlike every post. The comparison should not"
            " support a report made with it.",
        ),
        "lumo-1001",
    ),
    Original(
        "studio-liang-celadon-cup.jpg",
        "cup",
        ("青釉杯产品照，梁窑", "Product photograph of a celadon cup, Studio Liang"),
        (
            "你是梁窑的店主。这是你的产品照；有店铺盗图卖仿品。",
            "You run Studio Liang. This is your product photograph; a shop took it to sell imitations.",
        ),
        "lumo-1019",
    ),
    Original(
        "su-wan-speaks.mp3",
        "",
        ("苏晚的本人录音", "Su Wan's own voice"),
        (
            "你是歌手苏晚。这是你自己录的一段话；有人克隆了你的声音做理财广告。",
            "You are the singer Su Wan, speaking at home; somebody cloned your voice for an investment trap.",
        ),
        "lumo-1022",
    ),
    Original(
        "night-ferry.wav",
        "",
        ("《夜航船》，苏晚", "“Night Ferry” by Su Wan"),
        (
            "你是苏晚的唱片公司。这是你们的录音；有人用同一伴奏让模型翻唱了它。",
            "You are Su Wan's label. This is your recording; somebody let a model sing it over the same backing.",
        ),
        "lumo-1006",
    ),
    Original(
        "news-reader.mp3",
        "",
        ("对照：另一个人的声音", "The control: somebody else's voice"),
        (
            "与任何帖子都不是同一个人，比对应当说“不支持”。",
            "Not the person of any post. The comparison should not support a report made with it.",
        ),
        "lumo-1022",
    ),
    Original(
        "ridges-and-koi.mp4",
        "",
        ("短片《山与鱼》，林小满", "The film “Ridges and Koi” by Lin Xiaoman"),
        (
            "你是林小满。这是你的短片；有人剪掉开头、左右翻转、换了音乐再发。",
            "You are Lin Xiaoman. This is your film; somebody cut its beginning, mirrored it and changed the music.",
        ),
        "lumo-1023",
    ),
]
