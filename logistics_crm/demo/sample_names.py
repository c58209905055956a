# Part of logistics_crm. License LGPL-3 or later.
"""Who and what the sample company deals with. Every name is invented."""

MAIN_NAME = "Harbour & Rail Logistics"
ABROAD_NAME = "Harbour & Rail Logistics (Shanghai) 海铁联程物流（上海）有限公司"

# name, country, city; the order is the order of size, largest first
MAIN_CUSTOMERS = [
    ("Cascadia Outdoor Brands", "us", "Portland"),
    ("Meridian Medical Supply", "us", "Baltimore"),
    ("Bluewater Home Stores", "us", "Norfolk"),
    ("Nordhafen Maschinenbau", "de", "Hamburg"),
    ("Prairie Ag Equipment", "us", "Omaha"),
    ("Lakeshore Electronics", "us", "Chicago"),
    ("Atlantic Coffee Roasters", "us", "Charleston"),
    ("Van der Leeuw Bloemen Export", "nl", "Aalsmeer"),
    ("Summit Bicycle Works", "us", "Denver"),
    ("Pacific Crest Furniture", "us", "Tacoma"),
    ("Gulf States Pipe & Valve", "us", "Houston"),
    ("Harrow & Finch Publishing", "gb", "Reading"),
    ("Old Dominion Textiles", "us", "Richmond"),
    ("Chesapeake Seafood Packers", "us", "Annapolis"),
    ("Atelier Clairvaux", "fr", "Lyon"),
    ("Redstone Auto Parts", "us", "Detroit"),
    ("Great Plains Seed", "us", "Wichita"),
    ("Kestrel Aerospace Components", "us", "Wichita"),
    ("Juniper Natural Cosmetics", "us", "Asheville"),
    ("Officine Valdarno", "it", "Arezzo"),
    ("Bayou Spice Company", "us", "New Orleans"),
    ("Hudson Valley Dairy", "us", "Albany"),
    ("Ironwood Tools", "us", "Pittsburgh"),
    ("Copper Canyon Ceramics", "mx", "Chihuahua"),
    ("Frontier Veterinary", "us", "Boise"),
    ("Maple Ridge Paper", "ca", "Hamilton"),
    ("Silverline Optics", "us", "Rochester"),
    ("Fjordland Sjømat", "no", "Bergen"),
    ("Desert Sun Solar", "us", "Phoenix"),
    ("Keystone Lighting", "us", "Scranton"),
    ("Brightpath School Supplies", "us", "Columbus"),
    ("Tidewater Marine Paints", "us", "Mobile"),
    ("Viñedos del Maule", "cl", "Talca"),
    ("Granite State Audio", "us", "Nashua"),
    ("Sunrise Pet Food", "us", "Tulsa"),
    ("Porcelanas da Ria", "pt", "Aveiro"),
    ("Palmetto Garden Centers", "us", "Columbia"),
    ("Northern Lights Candle", "us", "Duluth"),
    ("Whitfield Museum Services", "us", "Boston"),
    ("Ozark Guitar Builders", "us", "Springfield"),
    ("Sierra Trail Foods", "us", "Reno"),
    ("Crown Point Hardware", "us", "Gary"),
    ("Bohemia Crystal Trade", "cz", "Liberec"),
    ("Mesa Verde Pottery", "us", "Durango"),
    ("Evergreen Modular Homes", "us", "Spokane"),
    ("Beacon Street Books", "us", "Boston"),
    ("Cumberland Saddlery", "us", "Lexington"),
    ("Riverbend Brewing", "us", "Louisville"),
    ("Oyster Bay Watches", "us", "Newport"),
    ("Alder Creek Timber", "us", "Eugene"),
    ("Hollyhock Gifts", "us", "Savannah"),
    ("Big Sky Fly Fishing", "us", "Bozeman"),
    ("Lantern Hill Toys", "us", "Mystic"),
    ("Piedmont Dental", "us", "Greensboro"),
]

ABROAD_CUSTOMERS = [
    ("上海晨曦医药有限公司", "cn", "上海"),
    ("杭州云栈电子商务有限公司", "cn", "杭州"),
    ("宁波甬舟进出口有限公司", "cn", "宁波"),
    ("苏州精锐仪器有限公司", "cn", "苏州"),
    ("义乌百汇小商品贸易行", "cn", "义乌"),
    ("南京紫金印刷有限公司", "cn", "南京"),
    ("青岛海润食品有限公司", "cn", "青岛"),
    ("无锡太湖纺织有限公司", "cn", "无锡"),
    ("广州南天服饰有限公司", "cn", "广州"),
    ("Lion City Components", "sg", "Singapore"),
    ("厦门鹭江茶业有限公司", "cn", "厦门"),
    ("常州龙城灯具有限公司", "cn", "常州"),
    ("景德镇瓷源陶瓷有限公司", "cn", "景德镇"),
    ("成都天府图书有限公司", "cn", "成都"),
    ("Kitano Precision", "jp", "Kobe"),
    ("武汉江城汽配有限公司", "cn", "武汉"),
    ("绍兴古越酒业有限公司", "cn", "绍兴"),
    ("温州瓯海鞋业有限公司", "cn", "温州"),
    ("Hanbit Cosmetics", "kr", "Incheon"),
    ("合肥智联家电有限公司", "cn", "合肥"),
    ("嘉兴南湖箱包有限公司", "cn", "嘉兴"),
    ("西安秦风文化礼品有限公司", "cn", "西安"),
    ("昆山宏图塑料有限公司", "cn", "昆山"),
    ("镇江恒丰酱醋有限公司", "cn", "镇江"),
    ("大连北港渔具有限公司", "cn", "大连"),
    ("长沙湘绣工艺有限公司", "cn", "长沙"),
]

FIRST_NAMES = [
    "Grace", "Tom", "Elena", "Marcus", "Priya", "Jonas", "Carla", "Peter", "Amara", "Luc",
    "Hannah", "Diego", "Sofia", "Walter", "Ines", "Rachel", "Oscar", "Nora", "Samuel", "Ida",
]  # fmt: skip
LAST_NAMES = [
    "Whitaker", "Brandt", "Okafor", "Delgado", "Lindqvist", "Harper", "Moreau", "Novak",
    "Castillo", "Fleming", "Petrov", "Sullivan", "Ortega", "Keller", "Ashby", "Romano",
]  # fmt: skip
CHINESE_SURNAMES = "王李张刘陈杨赵黄周吴徐孙"
CHINESE_GIVEN = ["伟", "静怡", "建国", "晓梅", "志强", "丽华", "明远", "雪", "海涛", "文娟"]

# function in English, in Chinese
FUNCTIONS = [
    ("Shipping Manager", "物流经理"),
    ("Accounts Payable", "应付会计"),
    ("Purchasing", "采购主管"),
]

# key, English, Chinese, time, profession, area, price, cost (None: not known), days, kg
SERVICES = [
    ("express_city", "City Express, same day", "同城快递 当日达",
     "time_same_day", "profession_express", "area_city", 14.0, 9.8, 0, 1.5),
    ("express_morning", "Express, next morning", "城际快递 次晨达",
     "time_next_morning", "profession_express", "area_intercity", 32.0, 21.5, 1, 2.5),
    ("express_next", "Express, next day", "城际快递 次日达",
     "time_next_day", "profession_express", "area_intercity", 24.0, 16.2, 1, 2.5),
    ("shop_next", "Shop Parcel, next day", "电商配送 次日达",
     "time_next_day", "profession_ecommerce", "area_intercity", 7.5, 5.6, 1, 1.2),
    ("shop_region", "Shop Parcel, regional", "电商配送 区域",
     "time_pm_next", "profession_ecommerce", "area_regional", 9.5, 7.4, 2, 1.8),
    ("freight_timed", "Pallet Freight, time-definite", "物流配送 限时达",
     "time_definite", "profession_distribution", "area_intercity", 118.0, 92.0, 3, 320.0),
    ("freight_region", "Pallet Freight, regional rail", "物流配送 区域铁路",
     "time_definite", "profession_distribution", "area_regional", 164.0, 123.0, 5, 450.0),
    ("store_round", "Store Round, morning to afternoon", "门店配送 上午取件下午达",
     "time_am_pm", "profession_distribution", "area_city", 46.0, 35.5, 0, 60.0),
    ("mail_city", "Advertising Mail, city", "DM广告配送 同城",
     "time_next_day", "profession_dm", "area_city", 0.62, None, 2, 0.1),
    ("special", "Special Transport by agreement", "特种运输",
     None, "profession_distribution", "area_regional", 890.0, None, 4, 1200.0),
]  # fmt: skip

# key, name, login, groups, which companies
USERS = [
    ("manager", "Margaret Holt", "manager", ("group_manager",), ("main", "abroad")),
    ("anna", "Anna Reyes", "anna", ("group_user",), ("main",)),
    ("ben", "Ben Carter", "ben", ("group_user",), ("main",)),
    ("dora", "Dora Lindgren", "dora", ("group_user_all",), ("main",)),
    ("chen", "陈志远 Chen Zhiyuan", "chen", ("group_user",), ("abroad",)),
    ("mei", "林美 Lin Mei", "mei", ("group_user_all",), ("abroad",)),
    (
        "controller",
        "Conrad Ellis",
        "controller",
        ("group_credit_controller",),
        ("main", "abroad"),
    ),
]
ROLES = {
    "manager": "manager: everything, both companies",
    "anna": "salesperson: own and unassigned customers",
    "ben": "salesperson: own and unassigned customers",
    "dora": "sales team lead: all customers of the company",
    "chen": "salesperson in Shanghai: own and unassigned customers",
    "mei": "sales team lead in Shanghai: all customers of the company",
    "controller": "credit controller: receivables, no sales rights",
}
