"""Python and databases, in Chinese."""

from __future__ import annotations

from scripts.seeding.shape import Chorus, Story

CODE = Chorus(
    theme="code",
    tags="Python 数据库",
    stories=(
        Story(
            mood="ask",
            tags="asyncio 排查",
            titles="""
asyncio 求助：«what»跑«hours»小时就«symptom»
«what»上线之后«symptom»，本地复现不了
压测没事，线上«symptom»（«what»，asyncio）
«symptom»查了两天，求个方向
""",
            slots="""
what: 爬虫 | 消息推送服务 | 定时任务 | WebSocket 服务 | 聊天机器人
symptom: 任务悄悄没了 | 内存慢慢涨 | 一个慢请求卡住所有人 | 连接池被占满 | 退出的时候卡死 | 同一个任务跑两遍
hours: 六 | 九 | 十四 | 三十 | 七十
""",
            body="""
«本地好好的，一上线就变脸。|已经缩到四十行了，还是没看出来。»Python 3.12，异步的«what»，大概跑«hours»个小时开
始«symptom»，重启就好，
然后循环。

核心代码：

```python
async def run(self) -> None:
    while True:
        job = await self.queue.get()
        asyncio.create_task(self.work(job))


async def work(self, job: Job) -> None:
    async with self.pool.acquire() as connection:
        await connection.execute(QUERY, job.id)
```

查过的：

- 开了 `PYTHONASYNCIODEBUG=1`，«没动静|偶尔报一个 180 毫秒的慢回调»
- 给每个任务打了开始和结束的日志，**开始比结束多**
- 连接池调小，出问题反而更快

是不是 `create_task` 没存引用的锅？文档里看到过这句，一直以为是理论上的。标准写法应该是什么样？
""",
            tips="""
别散养，用 TaskGroup 管起来，出错了它会叫：

```python
async with asyncio.TaskGroup() as group:
    while True:
        job = await queue.get()
        group.create_task(work(job))
```
~
一定要限流，不然积压只是从队列挪到了事件循环里：

```python
limit = asyncio.Semaphore(20)

async def work(job: Job) -> None:
    async with limit:
        await handle(job)
```
~
把所有任务卡在哪儿打出来，五行代码，省得瞎猜：

```python
for task in asyncio.all_tasks():
    task.print_stack(limit=3)
```
~
搜一下有没有 `time.sleep`、`requests.get`、超大的 `json.loads`。一个同步调用能解释一大半灵异事件。
""",
            asks="""
`work` 里抛异常会怎么样？照你贴的写法，是无声无息的。
~
出问题那一刻，在跑的任务有多少个？每十秒打一行日志看看。
""",
            doubts="""
我觉得不是弱引用。在等 IO 的任务一般有人拿着它，先查连接池，看是不是借了没还。
""",
            tales="""
我们“«symptom»”查了一个月，最后是日志写到了网络盘上。异步异步，步步惊心。
~
一模一样的代码我盯了两天，最后发现 `except Exception: pass` 是我自己两年前写的。
""",
            after="""
破案：借连接和还连接之间抛了异常，在一个我“确定不会出错”的地方。换 TaskGroup 之后一分钟就炸出来了，舒服。
""",
        ),
        Story(
            mood="ask",
            tags="SQL 慢查询 索引",
            titles="""
«rows»数据，翻页越翻越慢，«db»怎么破
«db»一条查询«time»，索引加了没用上
«rows»的表，取最新二十条要«time»
求教：«rows»数据怎么分页不用 OFFSET
""",
            slots="""
rows: 两百万 | 八百万 | 一千四百万 | 四千万 | 上亿
db: PostgreSQL | MySQL | SQLite
time: 九百毫秒 | 两秒 | 四秒 | 十几秒
""",
            body="""
«刚上线那会儿就十几行数据，当然快。|不知道从哪天开始慢的，等有人投诉已经不能看了。»表现在是«rows»，下面这条
要«time»：

```sql
SELECT id, title, created_at
FROM topics
WHERE board_id = 7 AND deleted_at IS NULL
ORDER BY created_at DESC
LIMIT 20 OFFSET 40000;
```

`board_id` 上有索引，`created_at` 上也有。执行计划（删减过）:

```text
Limit
  ->  Sort  (external merge  Disk: 41MB)
        ->  Bitmap Heap Scan on topics
              Filter: (deleted_at IS NULL)
              Rows Removed by Filter: «9120|15733|20418»
```

为什么慢我大概明白了，想问的是**一般怎么做**：联合索引？部分索引？还有，产品要求能直接跳到第 2000 页，不
用 OFFSET 怎么跳？
""",
            tips="""
按查询的顺序建一个联合索引，只收没删的：

```sql
CREATE INDEX CONCURRENTLY topics_of_board
ON topics (board_id, created_at DESC, id DESC)
WHERE deleted_at IS NULL;
```
~
记住上一页的最后一条，从那儿接着取：

```sql
WHERE board_id = 7 AND deleted_at IS NULL
  AND (created_at, id) < (:last_created_at, :last_id)
ORDER BY created_at DESC, id DESC
LIMIT 20
```
~
没人真的想看第 2000 页，他们想看“去年三月”。给个按月份跳转，需求就没了。
~
`EXPLAIN (ANALYZE, BUFFERS)` 连跑两次，两次的差就是你的磁盘。
""",
            asks="""
七号板块占全表多少？要是占一半，思路就得换。
~
«time»是第一次还是第十次？冷缓存和慢查询长得一模一样。
""",
            doubts="""
先别动索引，更新一下统计信息再看。我这边好几次就一个 `ANALYZE` 解决的，说出来都不好意思。
""",
            tales="""
我们从«time»降到四毫秒，就改了一行。然后花了一个礼拜解释为什么之前没人改。
~
我们最大的表上有个索引叫 `please_work`，它真的在 work，谁也不敢改名。
""",
            after="""
部分索引加上一页的游标，三毫秒。跑了三遍才敢相信。
""",
        ),
        Story(
            mood="debate",
            tags="选型 工程",
            titles="""
«size»的项目，«a»还是«b»？
用了一年«a»，又想回«b»了
«a»和«b»，你们团队怎么定的
不引战，认真问：«a»还是«b»
""",
            slots="""
a / b: ORM / 手写 SQL | dataclass / Pydantic | mock / 测试连真库 | 单仓库 / 多仓库 | 按功能分目录 / 按层分目录
| 类型标注写满 / 只写边界 | 继承 / 组合
size: 三千行 | 一万行 | 两三万行 | 五六万行
""",
            body="""
«组里为这个吵了一个中午，菜都凉了。|先声明，不是来引战的。»项目大概«size»，现在的争论是：«a»还是«b»。

我看到的：

| | «a» | «b» |
|---|---|---|
| 头一个星期 | «爽|上手快» | «慢一点|要多敲不少字» |
| 一年以后 | «看自觉|有惊吓» | «无聊得很安心|好搜» |
| 新人来了 | 问 | 读 |

我的土标准：哪个能让**错的写法更难写出来**，就选哪个。不一定是更短的那个。

特别想听**改过主意**的人说说，从哪边改到哪边，因为什么事。
""",
            tips="""
拿最丑的那个模块试，别拿最漂亮的。漂亮的放哪儿都漂亮。
~
定一个就别再混着用。一半一半比哪种都难受。
~
数一数跟完一个请求要开几个文件，这个数字从来没骗过我。
""",
            asks="""
现在到底哪里疼？不疼的话，建议别动。
~
三年以后谁来维护？想想他的心情。
""",
            doubts="""
我以前坚定站«b»，直到接手了别人写的«b»。其实跟选哪个没关系，跟人有关系。
~
还是«a»吧。土，但是人人都会，报错也看得懂。
""",
            tales="""
我们一个星期从«a»迁到«b»，又花了一年小心翼翼地迁回来。都不后悔。
~
前公司有条规矩：谁加依赖谁请早饭。依赖特别少，早饭特别好。
""",
            after="""
谢谢，都是干货。我们挑一个模块试两周，然后中午再吵一次，这回先吃饭。
""",
        ),
        Story(
            mood="share",
            tags="小项目 脚本",
            titles="""
写了个«thing»，«lines»行，求拍砖
周末项目：«thing»
«thing»，«lines»行 Python，零依赖
""",
            slots="""
thing: 照片去重工具 | 全家购物清单 | 自动记账脚本 | 小 RSS 阅读器 | 桌游借还登记 | 提醒浇花的机器人 | 孩子的单词本
lines: 九十 | 一百四 | 一百八 | 两百二 | 三百
""",
            body="""
«起因是我妈说“你不是写程序的吗”。|市面上的都要注册、要会员、要手机号，一气之下自己写了。»就是个«thing»，一
共«lines»行，标准库加 SQLite。

自己比较满意的一段：

```python
def newest(db: sqlite3.Connection, limit: int = 20) -> list[Entry]:
    # 没看过的排在前面
    rows = db.execute(
        "SELECT id, title, seen FROM entries ORDER BY seen, id DESC LIMIT ?",
        (limit,),
    )
    return [Entry(*row) for row in rows]
```

几点心得：

- `PRAGMA journal_mode=WAL` 是世界上最友善的一行代码
- 先写 README 再写代码，删掉了一半功能
- «时区，永远是时区|编码，永远是编码»

代码在这儿：<https://code.example.org/zh/weekend>。**轻点拍**，顺便说说换成你会怎么写。
""",
            tips="""
加个 `--dry-run`，默认就是它。哪天在错误的目录里跑了，你会感谢自己。
~
写入的地方套一层 `with db:`，提交和回滚就都有了：

```python
with db:
    db.execute("UPDATE entries SET seen = 1 WHERE id = ?", (entry_id,))
```
""",
            asks="""
部署在哪儿？定时任务、容器，还是一个永远不能关的窗口？
~
Windows 上路径能跑吗？想在公司用。
""",
            doubts="""
很好看！不过数据进来的地方建议还是校验一下，零依赖很美好，直到有人填了个“下周三”。
""",
            tales="""
十年里差不多的东西我写过三遍，你这个比我哪一遍都短。
~
装上跑了一下，它告诉我同一张截图我存了一千九百遍。我需要静静。
""",
            after="""
合了楼里两条建议，反而少了十一行。这是我经历过最愉快的代码评审。
""",
        ),
    ),
    tips="""
先写一个会失败的测试，丑一点没关系。我经常写着写着就看见 bug 了。
~
打日志，真的。断点给你看一个瞬间，日志给你看一个故事。
~
缩到别人复制下来就能跑为止。一半的情况，缩着缩着自己就好了。
~
改之前量一次，改之后量一次，同样的数据，各三遍。直觉在性能这件事上没准过。

```bash
python -X importtime -c "import app" 2> import.log
python -m cProfile -s cumtime -m app | head -30
```
""",
    asks="""
Python 和驱动的具体版本是多少？«最近好像修过一个类似的。|我这边小版本差一点，复现不出来。»
~
能不能贴一个二十行左右、能直接跑的？
""",
    doubts="""
这条规则数据量小的时候成立，大了就不好说了。
~
我还是喜欢写明白一点。被“巧妙”的代码坑过太多次，大多是我自己写的。
""",
    tales="""
有个周五下午，我的 `DELETE` 比 `WHERE` 先按了回车。备份是有的，周末是没有的。
~
组里最厉害的那位，调 bug 靠跟仙人掌讲。后来我们给仙人掌办了工牌。
~
刚工作那年，师父让我看一段老代码，两千行，变量叫 `a1`、`a2`、`final_new_2`。我说这得重写，师父说行，你写。

写了一个月，漂亮极了，测试全绿。月初两边一起跑，对账差了十一笔。那十一笔，每一笔都对应老代码里一行“莫名其妙”的判断，
没有注释，但是都有原因。

后来我再也不笑老代码了，看懂一行，就补一行注释。去年我带的新人说要重写，我说行，你写。
~
收藏了，等我三个月后忘了这事再回来看。
""",
)
