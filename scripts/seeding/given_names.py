"""Names given by hand, and what others are made of."""

from __future__ import annotations

# A username a line, after a space the display name where there is one.
HANDLES = """
mira_k Mira Kessler
old-harbor Tom Ferris
quietfern
jonas.w Jonas Wendt
teapot_theory Anneke
nadia-b Nadia Brandt
paperboat
slow.miles Gareth Pugh
lin_xia 林夏
kettle-and-moss Ruth
dorothea_v Dorothea Voss
sam_okoro Sam Okoro
third-platform
brine_and_dill Pavel
hana.m Hana Mori
zwiebelfisch Katrin
northwindow Ines Duarte
rye_again
tomasz-p Tomasz P.
gravelroad Fergus
bluecrate
elif_aydin Elif Aydın
bench.by.the.river Marguerite
half_a_map
oskar-l Oskar Lindqvist
plum_season Greta
two_left_gloves
priya.raman Priya Raman
wool-socks Moira
kite_at_noon
laowang 老王
chen.yu 陈瑜
xiaoman_reads 小满爱看书
zhou-mo 周末
ada_lovegrove Ada
ferry_nine
marten-h Marten Hoek
saltstairs
julie.t Julie Tremblay
copper_kettle Boris
tansy-and-rue
leo_f Leo Fontaine
seven-tarns Callum
quill_and_solder Wren
ana.reis Ana Reis
barefoot_baker Henrike
dial-tone Rolf
lampblack
yusuf_d Yusuf Demir
pebble-count
greta.n Greta Nyberg
tinned_peaches
moth_hour Sibyl
ivo-k Ivo Kramer
paula_reads Paula
wet_spring Aoife
hedgerow.hal Hal
spare_inner_tube Dieter
noor-s Noor Saleh
late_tomatoes Bettina
vera.c Vera Castel
ohm-sweet-ohm Felix
six-string-soup
ming_hikes 阿明
tea-first Agnes
小满
山外青山
周末骑行
阿柚
不吃香菜
南城旧事
一只慢羊
木头先生
半糖去冰
楼下老周
风吹麦浪
晚饭吃什么
青石板
听雨的猫
老街豆花
三点一刻
林间小路 林深
十七楼的薄荷
茶凉了再续
北方有面
胖头鱼
江边第二棵树
修车的老赵 赵师傅
白天不懂夜
豆沙包
一颗螺丝钉
阿柴的铲屎官
橘子汽水
夜航船
四时有味
草木识字 何念
骑鹅去上班
路过的蜗牛
芒种
陈皮
石榴熟了
旧书摊主
会飞的馒头
慢半拍
雪落无声
灯下读书人
向北走
咸蛋黄
半亩方塘
爱修东西的舅舅
布衣
云边小卖部常客
早起的鸟没有虫
煮字疗饥
竹马
拾柴
西红柿炒一切
二楼有猫
乌龙茶
番茄工程师 小田
键盘侠客行
"""

FIRST = """
Mira Jonas Nadia Tomasz Hana Elif Priya Oskar Greta Leo Ana Yusuf Ivo Paula Noor Vera Agnes Felix Callum Aoife
Bettina Ruth Fergus Ines Moira Henrike Dieter Rolf Wren Sibyl Marten Julie Pavel Katrin Anneke Gareth Marta Luca
Sofia Emil Clara Hugo Nora Theo Ida Milo Freya Arthur Elsa Anton Rosa Jakub Lena Kofi Amara Zola Tariq Leila Samir
Yara Mateo Lucia Diego Carmen Bruno Alma Otto Edith Nils Astrid Sven Liv Magnus Tove Rory Niamh Declan Bronwen Rhys
Isla Hamish Skye Dmitri Olga Katya Anya Marek Zofia Piotr Hanna Levi Miriam Ezra Naomi Kenji Yuki Aiko Haruto Minh
Linh Anh Rafael Beatriz Joana Duarte Chloe Luc Margot Basil Iris Hazel Owen Tess Conor Sinead Petra Jana Milan Dora
Andras Zsofi Ravi Meera Arjun Kavya Farah Omar
"""
FAMILY = """
Adler Ahmed Almeida Andersen Barros Becker Bennett Berg Bianchi Brandt Byrne Campbell Castel Clarke Costa Dahl Daly
Demir Doyle Duarte Eklund Evans Farkas Ferris Fischer Fontaine Forbes Fraser Garcia Geller Grant Hahn Hansen Hayes
Hoek Holm Ibrahim Ito Jansen Jensen Kaya Keller Kessler Khan Kowalski Kramer Lang Larsen Lindqvist Lopez Maier
Marino Meyer Mori Moss Nagy Nakamura Novak Nyberg Oduya Okoro Olsen Pauli Pereira Petit Popov Pugh Quinn Raman Reis
Rossi Ruiz Saleh Santos Sato Schmid Silva Sokolov Stein Suzuki Tanaka Thorne Tremblay Ueda Ulrich Vance Varga Vogel
Voss Walsh Weber Wendt Winter Young Yilmaz Zeller Zhang Ziegler
"""
ADJECTIVES = """
quiet slow early late rusty mossy amber copper winter summer autumn rainy windy salty crooked gentle hollow humble
idle little lucky mellow muddy narrow nimble patient plain polite pocket quick restless ripe rough round sandy shy
silent sleepy small smoky soft spare steady stray sunny tall tidy tiny velvet warm wandering wild wooden woolly
yellow blue green grey red north south east west upstairs borrowed second third folded painted pickled toasted
unread
"""
NOUNS = """
otter heron badger hedgehog sparrow magpie wren fox hare moth beetle snail trout pike gull crow robin finch lantern
kettle teapot ladle spoon button thimble ribbon needle spindle bobbin anchor ferry harbor canal bridge tunnel
station platform bench garden orchard meadow hedge fern moss birch willow alder rowan maple acorn chestnut walnut
plum quince pear apple turnip radish pepper thyme sorrel biscuit crumpet noodle dumpling pickle pedal spoke saddle
bell map compass rucksack boot sock mitten umbrella raincoat pencil notebook margin comma teaspoon marble pebble
boulder ridge valley tarn brook
"""
CHINESE_FAMILY = """
lin 林 chen 陈 zhou 周 wang 王 zhang 张 liu 刘 yang 杨 huang 黄 wu 吴 xu 徐 sun 孙 hu 胡 zhu 朱 gao 高 he 何 guo 郭
ma 马 luo 罗 liang 梁 song 宋 zheng 郑 xie 谢 han 韩 tang 唐 feng 冯 dong 董 xiao 萧 cheng 程 cao 曹 yuan 袁 deng 邓
shen 沈 peng 彭 su 苏 jiang 蒋 cai 蔡 jia 贾 ding 丁 wei 魏 ye 叶
"""
CHINESE_FIRST = """
xia 夏 yu 瑜 ming 明 siyuan 思远 xiaoyu 小雨 jing 静 lei 磊 yifan 一凡 nian 念 anran 安然 haitao 海涛 ruoxi 若溪
zimo 子墨 qing 青 yue 悦 bowen 博文 shan 山 jiayi 佳怡 kai 凯 lan 兰 mengyao 梦瑶 yang 洋 zhiyuan 致远 fei 飞
xinyi 欣怡 chao 超 wenjing 文静 tao 涛 yunfei 云飞 ping 平 ruolin 若琳 hao 浩 shuyao 书瑶 jun 军 keke 可可
muchen 沐辰 dan 丹 peng 鹏 yiran 怡然 xue 雪
"""
CHINESE_PLACES = """
南城 北岸 东街 西窗 江边 河畔 山里 海边 湖心 巷口 楼下 楼上 隔壁 村口 桥头 渡口 城南 城北 屋檐下 院子里 阳台上 路边
田埂上 半山腰 三月 五月 七月 九月 初冬 春天 夏末 清早 半夜 午后 黄昏 周末 雨天 雪天 月下 灯下 不加糖的 爱睡觉的
会种菜的 不着急的 戴草帽的 骑单车的 修收音机的 路过的 慢慢走的 第二排 靠窗的 留胡子的 认真的 偶尔发呆的
"""
CHINESE_NOUNS = """
橘子 柚子 馒头 豆花 麻雀 喜鹊 刺猬 蜗牛 松鼠 青蛙 鲤鱼 白鹭 老猫 黄狗 小驴 山羊 茶客 木匠 裁缝 邮差 书生 掌柜 厨子
船长 骑手 旅人 园丁 信使 钓鱼人 守夜人 听众 读者 风铃 灯笼 油纸伞 竹椅 搪瓷缸 老式座钟 石榴树 银杏 芭蕉 梧桐 薄荷
蒲公英 狗尾巴草 萝卜 南瓜 豆角 冬瓜 辣椒 花生 糯米 米酒 热汤面 糖葫芦 葱油饼 石板路 小卖部 信号灯 月台 风筝 纸船
算盘 墨水瓶 毛线团
"""
